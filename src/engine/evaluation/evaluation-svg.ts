import type { Evaluation } from "./evaluate-rankers.js";

// Lengths in SVG user units, which are pixels at natural size.
const CELL_WIDTH = 64;
const CELL_HEIGHT = 30;
const GAP = 10; // sets the mean apart from the tasks
const LETTER = 7; // width of a letter at 13 px, on the generous side
const MARGIN = 16;
const TITLE_HEIGHT = 34;
const LEGEND_HEIGHT = 54;
const INTERVAL_WIDTH = 112;

/**
 * The evaluation as a heat map: rankers down, tasks across, weighted tau in each cell, the mean with its interval at the end.
 *
 * Blue is agreement with the outcomes, orange is disagreement: two hues that every common colour blindness tells apart, and
 * the number is in the cell. The background is transparent and the letters follow the reader's light or dark scheme.
 *
 * @returns a complete SVG document, the same for the same evaluation
 */
export function evaluationSvg({ tasks, zooSize, rankers }: Evaluation): string {
  const nameWidth = LETTER * Math.max(...rankers.map(({ ranker }) => ranker.length)) + 12;
  const headerHeight = Math.ceil(LETTER * 0.6 * Math.max(...tasks.map((task) => task.length))) + 24;
  const left = MARGIN + nameWidth;
  const top = MARGIN + TITLE_HEIGHT + headerHeight;
  const meanX = left + tasks.length * CELL_WIDTH + GAP;
  const headerOverhang =
    LETTER * Math.max(0, ...tasks.map((task) => task.length)) * 0.8 - INTERVAL_WIDTH - CELL_WIDTH;
  const width = meanX + CELL_WIDTH + INTERVAL_WIDTH + Math.max(0, Math.ceil(headerOverhang)) + MARGIN;
  const height = top + rankers.length * CELL_HEIGHT + LEGEND_HEIGHT + MARGIN;

  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="system-ui, sans-serif" font-size="13">`,
    `<title>Weighted tau of ${rankers.length} rankers on ${tasks.length} tasks</title>`,
    `<style>:root{color-scheme:light dark}text{fill:#24292f}.quiet{fill:#57606a}.dark{fill:#14213d}.light{fill:#ffffff}.none{fill:#8c959f}`,
    `@media (prefers-color-scheme: dark){text{fill:#e6edf3}.quiet{fill:#9aa4af}.dark{fill:#14213d}.light{fill:#ffffff}}</style>`,
    text(MARGIN, MARGIN + 14, `Weighted tau against measured outcomes, ${zooSize} PTMs`, `font-weight="600"`),
  ];
  for (const [t, task] of tasks.entries()) {
    const x = left + (t + 0.5) * CELL_WIDTH;
    parts.push(text(x, top - 8, task, `transform="rotate(-35 ${x} ${top - 8})"`));
  }
  parts.push(
    text(meanX + CELL_WIDTH / 2, top - 8, "mean", `text-anchor="middle" font-weight="600"`),
    text(meanX + CELL_WIDTH + 8, top - 8, "95 % interval", `class="quiet" font-size="12"`),
  );
  for (const [row, { ranker, tasks: qualities, mean }] of rankers.entries()) {
    const y = top + row * CELL_HEIGHT;
    parts.push(text(left - 8, y + 20, ranker, `text-anchor="end"`));
    for (const [t, { tauW }] of qualities.entries()) {
      parts.push(...cell(left + t * CELL_WIDTH, y, tauW, `${ranker}, ${tasks[t]}`));
    }
    parts.push(...cell(meanX, y, mean.tauW?.mean ?? null, `${ranker}, mean`));
    if (mean.tauW !== null) {
      const interval = `${shortTau(mean.tauW.low)} to ${shortTau(mean.tauW.high)}`;
      parts.push(text(meanX + CELL_WIDTH + 8, y + 20, interval, `class="quiet" font-size="12"`));
    }
  }
  parts.push(...legend(left, top + rankers.length * CELL_HEIGHT + 18), "</svg>", "");
  return parts.join("\n");
}

function cell(x: number, y: number, tauW: number | null, tooltip: string): string[] {
  const centre = `text-anchor="middle"`;
  const box = `x="${x + 1}" y="${y + 1}" width="${CELL_WIDTH - 2}" height="${CELL_HEIGHT - 2}" rx="3"`;
  if (tauW === null) {
    return [
      `<rect ${box} fill="none" stroke="#8c959f" stroke-dasharray="3 3"><title>${escape(tooltip)}: undefined</title></rect>`,
      text(x + CELL_WIDTH / 2, y + 20, "n/a", `${centre} class="none"`),
    ];
  }
  const colour = colourOf(tauW);
  const letters = luminance(colour) > EQUAL_CONTRAST ? "dark" : "light";
  return [
    `<rect ${box} fill="rgb(${colour.join(",")})"><title>${escape(tooltip)}: ${tauW.toFixed(3)}</title></rect>`,
    text(x + CELL_WIDTH / 2, y + 20, shortTau(tauW), `${centre} class="${letters}"`),
  ];
}

function legend(x: number, y: number): string[] {
  const steps = 21;
  const parts: string[] = [];
  for (let step = 0; step < steps; step++) {
    const colour = colourOf((2 * step) / (steps - 1) - 1).join(",");
    parts.push(`<rect x="${x + step * 12}" y="${y}" width="12" height="12" fill="rgb(${colour})"/>`);
  }
  const end = x + steps * 12;
  parts.push(
    text(x, y + 28, "-1 opposite order", `class="quiet" font-size="12"`),
    text(end, y + 28, "1 same order", `class="quiet" font-size="12" text-anchor="end"`),
    text((x + end) / 2, y + 28, "0", `class="quiet" font-size="12" text-anchor="middle"`),
  );
  return parts;
}

// Here dark letters (luminance .015) and white ones stand out the same: (L + .05) / .065 = 1.05 / (L + .05).
const EQUAL_CONTRAST = 0.21;

type Colour = readonly [red: number, green: number, blue: number];

const DISAGREEMENT: Colour = [179, 88, 6];
const NOTHING: Colour = [241, 243, 245];
const AGREEMENT: Colour = [33, 86, 160];

/** From orange at -1 through pale grey at 0 to blue at 1. */
function colourOf(tauW: number): Colour {
  const end = tauW < 0 ? DISAGREEMENT : AGREEMENT;
  const mix = (i: 0 | 1 | 2): number => Math.round(NOTHING[i] + Math.abs(tauW) * (end[i] - NOTHING[i]));
  return [mix(0), mix(1), mix(2)];
}

/** Relative luminance after WCAG 2.2, in [0, 1]: says whether dark or light letters can be read on a colour. */
function luminance(colour: Colour): number {
  const linear = (channel: number): number => {
    const c = channel / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(colour[0]) + 0.7152 * linear(colour[1]) + 0.0722 * linear(colour[2]);
}

function text(x: number, y: number, content: string, attributes: string): string {
  return `<text x="${x}" y="${y}" ${attributes}>${escape(content)}</text>`;
}

/** Two digits without the zero before the point, as tables of correlations are set: .64, -.08, 1.00. */
function shortTau(tauW: number): string {
  return tauW.toFixed(2).replace(/^(-?)0\./, "$1.");
}

function escape(content: string): string {
  return content
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
