import { useEffect, useState } from "react";
import { useMutation } from "urql";

import { errorText } from "../api/client.ts";
import { CancelJobDocument, type RankingPartsFragment, RerankDocument } from "../generated/documents.ts";
import { duration } from "../ui/format.ts";
import { Meter } from "../ui/states.tsx";
import { type Question, toFilter } from "./question.ts";

interface Props {
  readonly taskId: string;
  readonly question: Question;
  readonly ranking: RankingPartsFragment;
  /** Why the task's PTMs cannot be run, if they cannot. */
  readonly obstacle: string | undefined;
  readonly onStarted: (rankingId: string) => void;
  readonly onCoarse: () => void;
}

/** Runs the best PTMs on the task and shows how far that is. */
export function RerankControl({ taskId, question, ranking, obstacle, onStarted, onCoarse }: Props) {
  const [count, setCount] = useState(5);
  const [started, start] = useMutation(RerankDocument);
  const [, cancel] = useMutation(CancelJobDocument);
  const [refusal, setRefusal] = useState<string>();
  const { stage, job, evidence } = ranking;

  const begin = async () => {
    setRefusal(undefined);
    const { data, error } = await start({ input: { taskId, topK: count, filter: toFilter(question) } });
    const rankingId = data?.rerank.ranking?.id;
    if (rankingId !== undefined) onStarted(rankingId);
    else setRefusal(error ? errorText(error) : data?.rerank.userErrors[0]?.message);
  };

  return (
    <section className="panel stack" aria-labelledby="rerank">
      <h2 id="rerank">Re-rank</h2>
      {stage === "RERANKING" ? (
        <div className="stack" role="status">
          <Meter value={job?.progress ?? 0} label="Re-ranking" />
          <div className="spread">
            <span>
              {job?.stage ?? "The best PTMs are being run"}
              <Remaining progress={job?.progress ?? 0} since={job?.createdAt} />
            </span>
            {job && (
              <button
                type="button"
                className="button small"
                onClick={() => void cancel({ input: { jobId: job.id } })}
              >
                Cancel
              </button>
            )}
          </div>
        </div>
      ) : (
        <>
          {stage === "COARSE" && (
            <p className="muted">
              This order comes from tokens alone. Running the first few PTMs on the task's samples sharpens
              the top.
            </p>
          )}
          {stage === "RERANKED" && (
            <p role="status">
              Done: the best PTMs were run on the task and took their places anew
              {evidence?.mergePolicy === "MIXED_WITH_SCORES" && ", by fitness and the scores of their runs"}.
              {evidence?.mergePolicy !== "FULL_LIST" &&
                " Their fitness does not compare with that of the others."}
            </p>
          )}
          {stage === "CANCELLED" && <p role="status">Stopped; the list holds what there was.</p>}
          {stage === "FAILED" && (
            <p className="note alarm" role="alert">
              {ranking.failure ?? "The re-ranking could not be completed."}
            </p>
          )}
          {obstacle ? (
            <p className="note small">{obstacle}</p>
          ) : (
            <div className="row">
              <button
                type="button"
                className="button primary"
                disabled={started.fetching}
                onClick={() => void begin()}
              >
                Re-rank
              </button>
              <label className="row">
                <span className="muted">the first</span>
                <input
                  className="input rerank-count"
                  type="number"
                  min={1}
                  max={100}
                  value={count}
                  onChange={(event) => setCount(Math.min(100, Math.max(1, event.target.valueAsNumber || 1)))}
                />
              </label>
            </div>
          )}
          {refusal && (
            <p className="note alarm" role="alert">
              {refusal}
            </p>
          )}
          {stage !== "COARSE" && (
            <button type="button" className="button quiet small" onClick={onCoarse}>
              Back to the coarse ranking
            </button>
          )}
        </>
      )}
    </section>
  );
}

/** How long it will take if it goes on as it went. */
function Remaining({ progress, since }: { progress: number; since: string | undefined }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  if (since === undefined || progress <= 0.02) return null;
  const elapsed = Math.max(0, now - Date.parse(since)) / 1000;
  return (
    <span className="muted"> · about {duration(Math.ceil((elapsed / progress) * (1 - progress)))} left</span>
  );
}
