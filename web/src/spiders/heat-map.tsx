import type { CSSProperties } from "react";
import { Link } from "wouter";

import type { Measure, Ranker } from "./measures.ts";

/** Rankers by tasks, the best mean first. Every cell says its number: colour is for the glance alone. */
export function HeatMap({ rankers, measure }: { rankers: readonly Ranker[]; measure: Measure }) {
  const mean = (ranker: Ranker): number | undefined => ranker[measure.field]?.mean;
  const rows = [...rankers].sort((a, b) =>
    measure.order(mean(a) ?? worst(measure), mean(b) ?? worst(measure)),
  );
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label={`Rankers by tasks, ${measure.name}`}>
      <table className={`heat ${measure.field}`}>
        <thead>
          <tr>
            <th scope="col">Ranker</th>
            <th scope="col">Mean</th>
            {rows[0]!.tasks.nodes.map(({ name, task }) => (
              <th scope="col" key={task?.id ?? name}>
                {task ? <Link href={`/tasks/${task.id}`}>{name}</Link> : name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((ranker) => (
            <tr key={ranker.ranker} data-spider={ranker.ranker.startsWith("spider") || undefined}>
              <th scope="row">
                {ranker.ranker}
                {!!ranker.forwardPasses && !ranker.ranker.endsWith(" run") && (
                  <span className="small muted"> {Math.round(ranker.forwardPasses)} run</span>
                )}
              </th>
              <Mean ranker={ranker} measure={measure} />
              {ranker.tasks.nodes.map((row) => (
                <Cell
                  key={row.task?.id ?? row.name}
                  value={row[measure.field]}
                  measure={measure}
                  why={row.missing}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const worst = ({ order }: Measure): number => (order(0, 1) < 0 ? Infinity : -Infinity);

function Mean({ ranker, measure }: { ranker: Ranker; measure: Measure }) {
  const { taskCount, tasks } = ranker;
  const estimate = ranker[measure.field];
  if (estimate === null) return <td>–</td>;
  const [low, high] = [estimate.low, estimate.high].map((end) => end.toFixed(measure.digits));
  return (
    <td style={deep(measure, estimate.mean)}>
      <strong>{estimate.mean.toFixed(measure.digits)}</strong>
      <span className="small heat-interval">
        {low} to {high}
        {taskCount < tasks.nodes.length && ` on ${taskCount} of ${tasks.nodes.length}`}
      </span>
    </td>
  );
}

interface CellProps {
  readonly value: number | null;
  readonly measure: Measure;
  /** Why there is no value. */
  readonly why: string | null;
}

function Cell({ value, measure, why }: CellProps) {
  if (value === null) return <td title={why ?? "undefined"}>–</td>;
  return <td style={deep(measure, value)}>{value.toFixed(measure.digits)}</td>;
}

const deep = (measure: Measure, value: number): CSSProperties =>
  ({ "--depth": measure.depth(value) }) as CSSProperties;
