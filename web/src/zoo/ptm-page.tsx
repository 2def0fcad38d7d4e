import "./zoo.css";

import { useMemo } from "react";
import { useQuery } from "urql";
import { Link, useParams } from "wouter";

import { decodeVector } from "../api/vector.ts";
import { PtmPageDocument, type PtmPageQuery } from "../generated/documents.ts";
import { ChangeList } from "../ui/change-list.tsx";
import { bytes, counted, day, duration, exact, moment, versioned, words } from "../ui/format.ts";
import { OutcomeTable } from "../ui/outcome-table.tsx";
import { Empty, Problem, Waiting } from "../ui/states.tsx";
import { TokenStrip } from "../ui/token-strip.tsx";
import { useRanks } from "./use-ranks.ts";

export function PtmPage() {
  const { id = "" } = useParams();
  const [{ data, error, fetching }, ask] = useQuery({ query: PtmPageDocument, variables: { id } });
  if (error) return <Problem error={error} onRetry={() => ask({ requestPolicy: "network-only" })} />;
  if (!data && fetching) return <Waiting what="Reading the PTM" />;
  if (!data?.ptm) {
    return (
      <Empty>
        <h1>There is no such PTM</h1>
        <Link href="/zoo">Look through the zoo</Link>
      </Empty>
    );
  }
  const { ptm } = data;
  return (
    <div className="ptm">
      <header className="stack">
        <div>
          <p className="muted small">
            <Link href="/zoo">Zoo</Link>
          </p>
          <h1>{versioned(ptm)}</h1>
        </div>
        <div className="row">
          <span className={ptm.status === "READY" ? "chip dew" : "chip amber"}>{words(ptm.status)}</span>
          {ptm.architecture && <span className="chip">{ptm.architecture}</span>}
          {ptm.license && <span className="chip">{ptm.license}</span>}
          {ptm.tags.map((tag) => (
            <span className="chip" key={tag}>
              {tag}
            </span>
          ))}
        </div>
        {ptm.statusReason && <p className="note">{ptm.statusReason}</p>}
      </header>
      <div className="stack">
        {ptm.card && (
          <section className="panel stack" aria-labelledby="card">
            <h2 id="card">Card</h2>
            <div className="card-text">{ptm.card}</div>
          </section>
        )}
        <section className="panel stack" aria-labelledby="outcomes">
          <h2 id="outcomes">Outcomes</h2>
          <OutcomeTable outcomes={ptm.outcomes.nodes} of="task" />
        </section>
        <Standing ptmId={ptm.id} />
        <History changes={ptm.history.nodes} />
      </div>
      <div className="stack">
        <Facts ptm={ptm} />
        <Lineage ptm={ptm} />
        <Alike ptm={ptm} />
        <Signature signature={ptm.signature} />
        <Token token={ptm.token} />
      </div>
    </div>
  );
}

type Ptm = NonNullable<PtmPageQuery["ptm"]>;

function Facts({ ptm }: { ptm: Ptm }) {
  return (
    <section className="panel stack" aria-labelledby="facts">
      <h2 id="facts">Facts</h2>
      <dl className="facts">
        <dt>Version</dt>
        <dd>{ptm.version}</dd>
        <dt>Weights</dt>
        <dd>{exact(ptm.parameterCount)}</dd>
        <dt>MACs</dt>
        <dd>{ptm.macs === null ? (ptm.macsReason ?? "not known yet") : `${exact(ptm.macs)} an image`}</dd>
        {ptm.latency && (
          <>
            <dt>Latency</dt>
            <dd>
              {duration(ptm.latency.milliseconds / 1000)} an image
              <span className="small muted latency">
                in batches of {ptm.latency.batchSize}, {counted(ptm.latency.threads, "thread")},{" "}
                {ptm.latency.provider} on {ptm.latency.machine}
              </span>
            </dd>
          </>
        )}
        <dt>File</dt>
        <dd>{bytes(ptm.sizeBytes)}</dd>
        <dt>Features</dt>
        <dd>{ptm.featureWidth ?? "not run yet"}</dd>
        <dt>Takes</dt>
        <dd>{words(ptm.modality)}s</dd>
        <dt>Added</dt>
        <dd>
          {day(ptm.createdAt)} by {ptm.createdBy}
        </dd>
        <dt>Digest</dt>
        <dd className="mono">{ptm.artifact.sha256}</dd>
      </dl>
    </section>
  );
}

const named = (ptm: { id: string; name: string; version: number }) => (
  <Link href={`/zoo/${ptm.id}`}>
    {ptm.name} v{ptm.version}
  </Link>
);

function Lineage({ ptm }: { ptm: Ptm }) {
  const others = ptm.versions.nodes.filter(({ id }) => id !== ptm.id);
  return (
    <section className="panel stack" aria-labelledby="lineage">
      <h2 id="lineage">Lineage</h2>
      <dl className="facts">
        <dt>Made from</dt>
        <dd>{ptm.baseModel ? named(ptm.baseModel) : "nothing in this registry"}</dd>
        {ptm.derived.nodes.length > 0 && (
          <>
            <dt>Made of it</dt>
            <dd>
              {ptm.derived.nodes.map((one) => (
                <span key={one.id} className="lineage-item">
                  {named(one)}
                </span>
              ))}
            </dd>
          </>
        )}
        <dt>Other versions</dt>
        <dd>
          {others.length === 0
            ? "none"
            : others.map((one) => (
                <span key={one.id} className="lineage-item">
                  {named(one)}
                </span>
              ))}
        </dd>
        {ptm.aliases.length > 0 && (
          <>
            <dt>Aliases</dt>
            <dd>{ptm.aliases.join(", ")}</dd>
          </>
        )}
        {ptm.successor && (
          <>
            <dt>Followed by</dt>
            <dd>{named(ptm.successor)}</dd>
          </>
        )}
        {ptm.retirementReason && (
          <>
            <dt>Retired</dt>
            <dd>{ptm.retirementReason}</dd>
          </>
        )}
      </dl>
    </section>
  );
}

/** What the active spider knows of it resembles what it knows of these. */
function Alike({ ptm: { similarPtms, nearDuplicates } }: { ptm: Ptm }) {
  if (similarPtms.length + nearDuplicates.length === 0) return null;
  return (
    <section className="panel stack" aria-labelledby="alike">
      <h2 id="alike">Similar PTMs</h2>
      {nearDuplicates.map(({ ptm, reason }) => (
        <p key={ptm.id} className="note small">
          {named(ptm)} is it once more: {words(reason)}.
        </p>
      ))}
      <ol className="alike">
        {similarPtms.map(({ ptm, similarity }) => (
          <li key={ptm.id} className="spread">
            <Link href={`/zoo/${ptm.id}`}>{versioned(ptm)}</Link>
            <span className="muted" title="Cosine of their tokens">
              {similarity.toFixed(3)}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function History({ changes }: { changes: Ptm["history"]["nodes"] }) {
  return (
    <section className="panel stack" aria-labelledby="history">
      <h2 id="history">History</h2>
      {changes.length === 0 && <p className="muted">Nothing was changed by hand.</p>}
      <ol className="stack">
        {changes.map(({ at, actor, action, changes: fields }) => (
          <li key={`${at} ${action}`}>
            <p>
              {action} <span className="muted">by {actor}, {moment(at)}</span>
            </p>
            <ChangeList changes={fields} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function Signature({ signature }: { signature: Ptm["signature"] }) {
  return (
    <section className="panel stack" aria-labelledby="signature">
      <h2 id="signature">Signature</h2>
      <dl className="facts">
        <dt>Input</dt>
        <dd>
          <code>{signature.input}</code> {signature.layout}, {signature.height} × {signature.width}
        </dd>
        <dt>Pixels</dt>
        <dd>
          {signature.low} to {signature.high}
        </dd>
        <dt>Mean, std</dt>
        <dd>
          {signature.mean.join(", ")}; {signature.std.join(", ")}
        </dd>
        <dt>Features</dt>
        <dd>
          <code>{signature.features}</code>
        </dd>
        <dt>Probabilities</dt>
        <dd>{signature.probabilities ? <code>{signature.probabilities}</code> : "none"}</dd>
      </dl>
    </section>
  );
}

function Token({ token }: { token: Ptm["token"] }) {
  const vector = useMemo(() => (token ? decodeVector(token.vector) : undefined), [token]);
  return (
    <section className="panel stack" aria-labelledby="token">
      <h2 id="token">Token</h2>
      {token && vector ? (
        <>
          <TokenStrip vector={vector} label={`The ${token.width} values of the token`} />
          <p className="small muted">
            {token.width} values, learned by <Link href="/spiders">spider {token.spider.version}</Link> on{" "}
            {day(token.createdAt)}
          </p>
          <p className="mono muted">{token.digest}</p>
        </>
      ) : (
        <p className="muted">The active spider has no token for this PTM.</p>
      )}
    </section>
  );
}

/** Where it ranks, task by task. */
function Standing({ ptmId }: { ptmId: string }) {
  const { rows, done } = useRanks([ptmId]);
  return (
    <section className="panel stack" aria-labelledby="standing">
      <h2 id="standing">Where it ranks</h2>
      {rows.length === 0 && <p className="muted">{done ? "No task can be ranked yet." : "Ranking the tasks"}</p>}
      {rows.length > 0 && (
        <table className="table">
          <thead>
            <tr>
              <th scope="col">Task</th>
              <th scope="col" className="number">
                Rank
              </th>
              <th scope="col" className="number">
                of
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ task, ranks, zooSize }) => (
              <tr key={task.id}>
                <td>
                  <Link href={`/rank/${task.id}`}>{versioned(task)}</Link>
                </td>
                <td className="number">{ranks.get(ptmId) ?? "–"}</td>
                <td className="number muted">{exact(zooSize)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
