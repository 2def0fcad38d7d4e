import { type PointerEvent, useState } from "react";

export interface CurvePoint {
  readonly epoch: number;
  readonly value: number;
}

interface Props {
  readonly name: string;
  readonly points: readonly CurvePoint[];
  /** How far the axis goes: a training that is under way grows to the right. */
  readonly epochs: number;
  readonly hue: "amber" | "dew";
}

/** One value over the epochs. The number shown is that of the last epoch, or of the one under the pointer. */
export function Curve({ name, points, epochs, hue }: Props) {
  const [pointed, setPointed] = useState<number>();
  const shown = points.find(({ epoch }) => epoch === pointed) ?? points.at(-1);
  if (shown === undefined) return null;
  const values = points.map(({ value }) => value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const along = (epoch: number): number => (epochs > 1 ? (epoch - 1) / (epochs - 1) : 0.5);
  const above = (value: number): number => (high > low ? (value - low) / (high - low) : 0.5);
  const point = (event: PointerEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    setPointed(1 + Math.round(((event.clientX - box.left) / box.width) * (epochs - 1)));
  };
  const line = points
    .map(({ epoch, value }) => `${100 * along(epoch)},${100 * (1 - above(value))}`)
    .join(" ");
  return (
    <figure className={`curve ${hue}`}>
      <figcaption className="spread">
        <span>{name}</span>
        <span className="small muted">
          epoch {shown.epoch} <strong>{shown.value.toFixed(4)}</strong>
        </span>
      </figcaption>
      <div
        className="curve-plot"
        onPointerMove={point}
        onPointerLeave={() => setPointed(undefined)}
        aria-hidden
      >
        <svg viewBox="0 0 100 100" preserveAspectRatio="none">
          <polyline points={line} />
        </svg>
        <span
          className="curve-dot"
          style={{ left: `${100 * along(shown.epoch)}%`, bottom: `${100 * above(shown.value)}%` }}
        />
        <span className="curve-high small muted">{high.toFixed(2)}</span>
        <span className="curve-low small muted">{low.toFixed(2)}</span>
      </div>
    </figure>
  );
}
