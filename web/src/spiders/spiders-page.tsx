import "./spiders.css";

import { useQuery } from "urql";

import { SpidersPageDocument } from "../generated/documents.ts";
import { useMay } from "../shell/viewer.ts";
import { Pager, usePlaces } from "../ui/pager.tsx";
import { Empty, Problem, Waiting } from "../ui/states.tsx";
import { SpiderPanel } from "./spider-panel.tsx";
import { TrainControl } from "./train-control.tsx";

const PAGE = 10;

export function SpidersPage() {
  const places = usePlaces();
  const mayDecide = useMay("CURATOR");
  const [{ data, error, fetching }, ask] = useQuery({
    query: SpidersPageDocument,
    variables: { first: PAGE, after: places.after },
  });
  const again = () => ask({ requestPolicy: "network-only" });
  if (error && !data) return <Problem error={error} onRetry={again} />;
  if (!data) return fetching ? <Waiting what="Reading the spiders" /> : null;
  const { nodes, pageInfo } = data.spiders;
  const newest = nodes.find(({ evaluation }) => evaluation !== null);
  return (
    <div className="stack">
      <header className="spread">
        <div>
          <h1>Spiders</h1>
          <p className="muted">The learned estimators behind the rankings, newest first.</p>
        </div>
        {mayDecide && <TrainControl freshSeed={(nodes[0]?.version ?? 0) + 1} onStarted={again} />}
      </header>
      {nodes.length === 0 && (
        <Empty>
          <h2>No spider yet</h2>
          <p>Until one is imported or trained, nothing can be ranked.</p>
        </Empty>
      )}
      {nodes.map((spider) => (
        <SpiderPanel key={spider.id} known={spider} open={spider === newest} onOver={again} />
      ))}
      <Pager places={places} pageInfo={pageInfo} />
    </div>
  );
}
