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
  return (
    <figure className={`curve ${hue}`}>
      <figcaption className="spread">
        <span>{name}</span>
        <span className="small muted">
          epoch {shown.epoch} <strong>{shown.value.toFixed(4)}</strong>
        </span>
      </figcaption>
      {points.length > 1 && <Plot points={points} epochs={epochs} shown={shown} onPoint={setPointed} />}
    </figure>
  );
}

interface PlotProps extends Pick<Props, "points" | "epochs"> {
  readonly shown: CurvePoint;
  readonly onPoint: (epoch: number | undefined) => void;
}

function Plot({ points, epochs, shown, onPoint }: PlotProps) {
  const values = points.map(({ value }) => value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const along = (epoch: number): number => (100 * (epoch - 1)) / (epochs - 1);
  const above = (value: number): number => (high > low ? (100 * (value - low)) / (high - low) : 50);
  const point = (event: PointerEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    onPoint(1 + Math.round(((event.clientX - box.left) / box.width) * (epochs - 1)));
  };
  const line = points.map(({ epoch, value }) => `${along(epoch)},${100 - above(value)}`).join(" ");
  return (
    <div className="curve-plot" onPointerMove={point} onPointerLeave={() => onPoint(undefined)} aria-hidden>
      <svg viewBox="0 0 100 100" preserveAspectRatio="none">
        <polyline points={line} />
      </svg>
      <span
        className="curve-dot"
        style={{ left: `${along(shown.epoch)}%`, bottom: `${above(shown.value)}%` }}
      />
      <span className="curve-high small muted">{high.toFixed(2)}</span>
      <span className="curve-low small muted">{low.toFixed(2)}</span>
    </div>
  );
}
