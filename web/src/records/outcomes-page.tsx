import { useQuery } from "urql";

import { OutcomesPageDocument } from "../generated/documents.ts";
import { exact } from "../ui/format.ts";
import { OutcomeTable } from "../ui/outcome-table.tsx";
import { Pager, usePlaces } from "../ui/pager.tsx";
import { Problem, Waiting } from "../ui/states.tsx";

export function OutcomesPage() {
  const places = usePlaces();
  const [{ data, error, fetching }, ask] = useQuery({
    query: OutcomesPageDocument,
    variables: { first: 50, after: places.after },
  });
  return (
    <div className="stack">
      <header>
        <h1>Outcomes</h1>
        <p className="muted">
          What was measured after fine-tuning or probing: rankings are judged by it
          {data && `; ${exact(data.outcomes.totalCount)} so far`}.
        </p>
      </header>
      {error && <Problem error={error} onRetry={() => ask({ requestPolicy: "network-only" })} />}
      {!data && fetching && <Waiting what="Reading the outcomes" />}
      {data && (
        <>
          <div className="panel">
            <OutcomeTable outcomes={data.outcomes.nodes} of="both" />
          </div>
          <Pager places={places} pageInfo={data.outcomes.pageInfo} />
        </>
      )}
    </div>
  );
}
