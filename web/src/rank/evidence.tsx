import type { RankingPartsFragment } from "../generated/documents.ts";
import { counted, duration, exact, moment, words } from "../ui/format.ts";

/** What the ranking rests on, beside the order that never looks at the task. */
export function Evidence({ ranking }: { ranking: RankingPartsFragment }) {
  const { evidence } = ranking;
  return (
    <section className="panel stack evidence" aria-labelledby="evidence">
      <h2 id="evidence">Evidence</h2>
      {evidence?.spider ? (
        <table className="table">
          <caption className="small muted">
            Against {exact(evidence.outcomeCount)} measured outcomes on this task
          </caption>
          <thead>
            <tr>
              <th scope="col">Order</th>
              <th scope="col" className="number">
                weighted τ
              </th>
              <th scope="col" className="number">
                regret@1
              </th>
            </tr>
          </thead>
          <tbody>
            <Quality name="This ranking" quality={evidence.spider} />
            {evidence.static && <Quality name="Static ranking" quality={evidence.static} />}
          </tbody>
        </table>
      ) : (
        <p className="muted">
          Nobody has reported an outcome on this task yet, so nothing says how good this order is. Report what
          you measure, and it will be judged here.
        </p>
      )}
      <dl className="facts small">
        <dt>Spider</dt>
        <dd>version {ranking.spider.version}</dd>
        <dt>Ranked</dt>
        <dd>{counted(ranking.zooSize, "PTM")}</dd>
        {evidence && (
          <>
            <dt>Took</dt>
            <dd>{duration(evidence.seconds)}</dd>
            <dt>PTMs run</dt>
            <dd>
              {evidence.forwardPasses}
              {evidence.runsReused > 0 && ` (${evidence.runsReused} earlier runs served again)`}
            </dd>
            {evidence.mergePolicy && (
              <>
                <dt>Merged</dt>
                <dd>{words(evidence.mergePolicy)}</dd>
              </>
            )}
          </>
        )}
        <dt>As of</dt>
        <dd>{moment(ranking.asOf)}</dd>
        <dt>Receipt</dt>
        <dd className="mono" title="Equal receipts, the same answer but for rounding">
          {ranking.receipt}
        </dd>
      </dl>
    </section>
  );
}

function Quality({
  name,
  quality,
}: {
  name: string;
  quality: { weightedTau: number | null; regretAt1: number };
}) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td className="number">{quality.weightedTau?.toFixed(3) ?? "–"}</td>
      <td className="number">{quality.regretAt1.toFixed(1)} pts</td>
    </tr>
  );
}
