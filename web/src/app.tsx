import { lazy, Suspense, useState } from "react";
import { Provider, useQuery } from "urql";
import { Route, Switch } from "wouter";

import { createOrbClient, errorCode } from "./api/client.ts";
import { accessKey } from "./api/key.ts";
import { HelloDocument } from "./generated/documents.ts";
import { RankPage } from "./rank/rank-page.tsx";
import { Layout } from "./shell/layout.tsx";
import { SignIn } from "./shell/sign-in.tsx";
import { ViewerContext } from "./shell/viewer.ts";
import { Empty, Waiting } from "./ui/states.tsx";

const ZooPage = lazy(() => import("./zoo/zoo-page.tsx").then((module) => ({ default: module.ZooPage })));
const PtmPage = lazy(() => import("./zoo/ptm-page.tsx").then((module) => ({ default: module.PtmPage })));
const ComparePage = lazy(() =>
  import("./zoo/compare-page.tsx").then((module) => ({ default: module.ComparePage })),
);
const TasksPage = lazy(() =>
  import("./tasks/tasks-page.tsx").then((module) => ({ default: module.TasksPage })),
);
const TaskPage = lazy(() => import("./tasks/task-page.tsx").then((module) => ({ default: module.TaskPage })));
const MapPage = lazy(() => import("./map/map-page.tsx").then((module) => ({ default: module.MapPage })));
const SpidersPage = lazy(() =>
  import("./spiders/spiders-page.tsx").then((module) => ({ default: module.SpidersPage })),
);
const JobsPage = lazy(() =>
  import("./records/jobs-page.tsx").then((module) => ({ default: module.JobsPage })),
);
const OutcomesPage = lazy(() =>
  import("./records/outcomes-page.tsx").then((module) => ({ default: module.OutcomesPage })),
);
const KeysPage = lazy(() =>
  import("./records/keys-page.tsx").then((module) => ({ default: module.KeysPage })),
);
const WebhooksPage = lazy(() =>
  import("./webhooks/webhooks-page.tsx").then((module) => ({ default: module.WebhooksPage })),
);
const AuditPage = lazy(() =>
  import("./records/audit-page.tsx").then((module) => ({ default: module.AuditPage })),
);

export function App() {
  // Another key begins another visit: a fresh client knows nothing of what the one before was told.
  const [{ client, visit }, setState] = useState(() => ({ client: createOrbClient(), visit: 0 }));
  const begin = () => setState({ client: createOrbClient(), visit: visit + 1 });
  const leave = () => {
    accessKey.forget();
    begin();
  };
  return (
    <Provider value={client} key={visit}>
      <Visit onKey={begin} onLeave={leave} />
    </Provider>
  );
}

function Visit({ onKey, onLeave }: { onKey: () => void; onLeave: () => void }) {
  const [{ data, error }] = useQuery({ query: HelloDocument });
  if (error && errorCode(error) === "UNAUTHENTICATED") {
    return <SignIn refused={accessKey.get() !== null} onKey={onKey} />;
  }
  return (
    <ViewerContext value={data?.viewer}>
      <Layout onLeave={accessKey.get() === null ? undefined : onLeave}>
        <Suspense fallback={<Waiting what="Loading the page" />}>
          <Switch>
            <Route path="/" component={RankPage} />
            <Route path="/rank/:taskId" component={RankPage} />
            <Route path="/zoo" component={ZooPage} />
            <Route path="/zoo/compare" component={ComparePage} />
            <Route path="/zoo/:id" component={PtmPage} />
            <Route path="/tasks" component={TasksPage} />
            <Route path="/tasks/:id" component={TaskPage} />
            <Route path="/web" component={MapPage} />
            <Route path="/spiders" component={SpidersPage} />
            <Route path="/outcomes" component={OutcomesPage} />
            <Route path="/jobs" component={JobsPage} />
            <Route path="/keys" component={KeysPage} />
            <Route path="/webhooks" component={WebhooksPage} />
            <Route path="/audit" component={AuditPage} />
            <Route>
              <Empty>
                <h1>Nothing is here</h1>
                <p>The address leads to no page of this registry.</p>
              </Empty>
            </Route>
          </Switch>
        </Suspense>
      </Layout>
    </ViewerContext>
  );
}
