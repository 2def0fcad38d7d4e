import { useQuery } from "urql";

import { SpidersPageDocument } from "../generated/documents.ts";
import { exact, moment } from "../ui/format.ts";
import { Empty, Problem, Waiting } from "../ui/states.tsx";

export function SpidersPage() {
  const [{ data, error, fetching }] = useQuery({ query: SpidersPageDocument, variables: { first: 50 } });
  if (error) return <Problem error={error} />;
  if (!data) return fetching ? <Waiting what="Reading the spiders" /> : null;
  const { nodes } = data.spiders;
  if (nodes.length === 0) {
    return (
      <Empty>
        <h1>No spider yet</h1>
        <p>Until one is imported or trained, nothing can be ranked.</p>
      </Empty>
    );
  }
  return (
    <div className="stack">
      <header>
        <h1>Spiders</h1>
        <p className="muted">The learned estimators behind the rankings, newest first.</p>
      </header>
      {nodes.map((spider) => (
        <section key={spider.id} className="panel stack" aria-labelledby={`spider-${spider.version}`}>
          <div className="row">
            <h2 id={`spider-${spider.version}`}>Version {spider.version}</h2>
            {spider.active && <span className="chip amber">active</span>}
          </div>
          <dl className="facts">
            <dt>Knows</dt>
            <dd>{exact(spider.zooSize)} PTMs</dd>
            <dt>Width</dt>
            <dd>
              {spider.width}, reads class centres of {spider.encoderWidth}
            </dd>
            <dt>Since</dt>
            <dd>{moment(spider.createdAt)}</dd>
            <dt>Snapshot</dt>
            <dd className="mono">{spider.snapshotSha256}</dd>
            <dt>Encoder</dt>
            <dd className="mono">{spider.encoderSha256}</dd>
          </dl>
        </section>
      ))}
    </div>
  );
}
