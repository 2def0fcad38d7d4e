/** What a curve shows of each epoch. */
export interface CurvePoint {
  readonly epoch: number;
  readonly loss: number;
  /** NaN without validation tasks. */
  readonly validationTau: number;
}

// Lengths in SVG user units, which are pixels at natural size.
const WIDTH = 560;
const PANEL_HEIGHT = 150;
const LEFT = 64;
const RIGHT = 24;
const TOP = 48;
const GAP = 44;

/**
 * A training as two panels over the same epochs: loss above, weighted tau on the validation tasks below; each with its own
 * scale and its last value written out.
 *
 * @returns a complete SVG document, the same for the same curve
 */
export function trainingCurveSvg(points: readonly CurvePoint[]): string {
  const height = TOP + 2 * PANEL_HEIGHT + GAP + 40;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" font-family="system-ui, sans-serif" font-size="13">`,
    `<title>Loss and validation over ${points.length} epochs</title>`,
    `<style>:root{color-scheme:light dark}text{fill:#24292f}.quiet{fill:#57606a}.axis{stroke:#8c959f}.line{fill:none;stroke:#2156a0;stroke-width:2}`,
    `@media (prefers-color-scheme: dark){text{fill:#e6edf3}.quiet{fill:#9aa4af}.line{stroke:#6ea8fe}}</style>`,
    ...panel(TOP, "loss", points, ({ loss }) => loss),
    ...panel(
      TOP + PANEL_HEIGHT + GAP,
      "weighted tau, validation",
      points,
      ({ validationTau }) => validationTau,
    ),
    `<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${height - 10}" class="quiet" text-anchor="middle">epoch</text>`,
    "</svg>",
    "",
  ].join("\n");
}

function panel(
  top: number,
  title: string,
  points: readonly CurvePoint[],
  valueOf: (point: CurvePoint) => number,
): string[] {
  const drawn = points.filter((point) => Number.isFinite(valueOf(point)));
  const heading = `<text x="${LEFT}" y="${top - 10}" font-weight="600">${title}</text>`;
  const last = drawn.at(-1);
  if (last === undefined) return [heading];
  const values = drawn.map(valueOf);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const bottom = top + PANEL_HEIGHT;
  const x = (epoch: number): number =>
    LEFT + ((WIDTH - RIGHT - LEFT) * (epoch - 1)) / Math.max(1, last.epoch - 1);
  const y = (value: number): number => bottom - (PANEL_HEIGHT * (value - low)) / (high - low || 1);
  const path = drawn.map((point) => `${x(point.epoch).toFixed(1)},${y(valueOf(point)).toFixed(1)}`).join(" ");
  return [
    heading,
    `<line x1="${LEFT}" y1="${bottom}" x2="${WIDTH - RIGHT}" y2="${bottom}" class="axis"/>`,
    `<line x1="${LEFT}" y1="${top}" x2="${LEFT}" y2="${bottom}" class="axis"/>`,
    `<text x="${LEFT - 8}" y="${top + 10}" class="quiet" text-anchor="end">${high.toFixed(3)}</text>`,
    `<text x="${LEFT - 8}" y="${bottom}" class="quiet" text-anchor="end">${low.toFixed(3)}</text>`,
    `<text x="${LEFT}" y="${bottom + 18}" class="quiet" text-anchor="middle">${drawn[0]!.epoch}</text>`,
    `<text x="${x(last.epoch)}" y="${bottom + 18}" class="quiet" text-anchor="middle">${last.epoch}</text>`,
    `<polyline points="${path}" class="line"/>`,
    `<text x="${WIDTH - RIGHT}" y="${top - 10}" class="quiet" text-anchor="end">last ${valueOf(last).toFixed(3)}</text>`,
  ];
}
