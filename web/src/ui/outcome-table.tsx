import { Link } from "wouter";

import type { OutcomeLineFragment } from "../generated/documents.ts";
import { day, measured, versioned, words } from "./format.ts";

interface Props {
  readonly outcomes: readonly OutcomeLineFragment[];
  /** What each row is named by: the side that the page is not about, or both. */
  readonly of: "task" | "ptm" | "both";
}

export function OutcomeTable({ outcomes, of }: Props) {
  if (outcomes.length === 0) return <p className="muted">Nobody has reported an outcome yet.</p>;
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label="Outcomes">
      <table className="table">
        <thead>
          <tr>
            {of !== "ptm" && <th scope="col">Task</th>}
            {of !== "task" && <th scope="col">PTM</th>}
            <th scope="col" className="number">
              Value
            </th>
            <th scope="col">Metric</th>
            <th scope="col">Protocol</th>
            <th scope="col">Reported</th>
          </tr>
        </thead>
        <tbody>
          {outcomes.map((outcome) => (
            <tr key={outcome.id}>
              {of !== "ptm" && (
                <td>
                  <Link href={`/tasks/${outcome.task.id}`}>{versioned(outcome.task)}</Link>
                </td>
              )}
              {of !== "task" && (
                <td>
                  <Link href={`/zoo/${outcome.ptm.id}`}>{versioned(outcome.ptm)}</Link>
                </td>
              )}
              <td className="number">
                {measured(outcome.value)} {outcome.verified && <span className="chip dew">verified</span>}
                {outcome.withdrawn && <span className="chip alarm">withdrawn</span>}
              </td>
              <td>
                {outcome.metric} <span className="muted small">on {outcome.split}</span>
              </td>
              <td>{words(outcome.protocol)}</td>
              <td className="muted">
                {day(outcome.createdAt)} by {outcome.reportedBy}
                {outcome.evidenceUrl && (
                  <>
                    {" · "}
                    <a href={outcome.evidenceUrl} rel="noreferrer noopener" target="_blank">
                      evidence
                    </a>
                  </>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
