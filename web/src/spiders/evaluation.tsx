import { useState } from "react";
import { useQuery } from "urql";

import { SpiderEvaluationDocument } from "../generated/documents.ts";
import { counted } from "../ui/format.ts";
import { Problem, Waiting } from "../ui/states.tsx";
import { HeatMap } from "./heat-map.tsx";
import { MEASURES, type Ranker } from "./measures.ts";

/** The spider beside every other way to rank, task by task, as it was when its training ended. */
export function Evaluation({ spiderId }: { spiderId: string }) {
  const [{ data, error, fetching }] = useQuery({
    query: SpiderEvaluationDocument,
    variables: { id: spiderId },
    requestPolicy: "cache-first",
  });
  const [measure, setMeasure] = useState(MEASURES[0]!);
  if (error) return <Problem error={error} />;
  if (!data) return fetching ? <Waiting what="Reading the evaluation" /> : null;
  const rankers = data.spider?.evaluation?.rankers ?? [];
  const known = rankers.filter(({ taskCount, tasks }) => taskCount > 0 && tasks.nodes.length > 0);
  if (known.length === 0) {
    return <p className="muted">There were no outcomes on tasks that it had not learned from.</p>;
  }
  const claimedBy = data.spider?.evaluation?.claimedBy;
  return (
    <div className="stack">
      {claimedBy && (
        <p className="small muted">Measured where it comes from ({claimedBy}); nobody checked it here.</p>
      )}
      <div className="spread">
        <fieldset className="choices">
          <legend className="unseen">Measure</legend>
          {MEASURES.map((one) => (
            <label key={one.field} className="choice">
              <input
                type="radio"
                name={`measure-${spiderId}`}
                checked={one === measure}
                onChange={() => setMeasure(one)}
              />
              <span>{one.name}</span>
            </label>
          ))}
        </fieldset>
        <p className="small muted">{measure.about}</p>
      </div>
      <HeatMap rankers={known} measure={measure} />
      {known[0]!.tasks.pageInfo.hasNextPage && (
        <p className="small muted">The newest hundred tasks; the means are over all.</p>
      )}
      <Unanswered rankers={rankers.filter(({ taskCount }) => taskCount === 0)} />
    </div>
  );
}

/** Rankers without an answer on any task, each with why on the newest. */
function Unanswered({ rankers }: { rankers: readonly Ranker[] }) {
  if (rankers.length === 0) return null;
  return (
    <details className="small">
      <summary>{counted(rankers.length, "ranker")} had no answer</summary>
      <dl className="facts">
        {rankers.map(({ ranker, tasks }) => (
          <div key={ranker} className="fact">
            <dt>{ranker}</dt>
            <dd>{tasks.nodes[0]?.missing}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
