import { useState } from "react";
import { useQuery } from "urql";

import { WebhooksPageDocument } from "../generated/documents.ts";
import { Pager, usePlaces } from "../ui/pager.tsx";
import { Problem, Waiting } from "../ui/states.tsx";
import { Deliveries } from "./deliveries.tsx";
import { NewWebhook } from "./new-webhook.tsx";
import { WebhookRow } from "./webhook-row.tsx";

/** Which programs are told of events, for administrators. */
export function WebhooksPage() {
  const places = usePlaces();
  const [refusal, setRefusal] = useState<string>();
  const [{ data, error, fetching }, ask] = useQuery({
    query: WebhooksPageDocument,
    variables: { first: 50, after: places.after },
  });
  const again = () => ask({ requestPolicy: "network-only" });
  const webhooks = data?.webhooks.nodes ?? [];
  return (
    <div className="stack">
      <header>
        <h1>Webhooks</h1>
        <p className="muted">
          Which programs are told of events, by signed requests. A secret is shown once, when its webhook is
          added.
        </p>
      </header>
      <NewWebhook onAdded={again} />
      {error && <Problem error={error} onRetry={again} />}
      {refusal && (
        <p className="note alarm" role="alert">
          {refusal}
        </p>
      )}
      {!data && fetching && <Waiting what="Reading the webhooks" />}
      {data && (
        <>
          <div className="panel scroll" tabIndex={0} role="region" aria-label="Webhooks">
            <table className="table">
              <thead>
                <tr>
                  <th scope="col">Address</th>
                  <th scope="col">Told of</th>
                  <th scope="col">Added</th>
                  <th scope="col">State</th>
                </tr>
              </thead>
              <tbody>
                {webhooks.map((webhook) => (
                  <WebhookRow
                    key={webhook.id}
                    webhook={webhook}
                    onChanged={(message) => {
                      setRefusal(message);
                      again();
                    }}
                  />
                ))}
              </tbody>
            </table>
            {webhooks.length === 0 && <p className="muted">None was added yet.</p>}
          </div>
          <Pager places={places} pageInfo={data.webhooks.pageInfo} />
          <Deliveries webhooks={webhooks} />
        </>
      )}
    </div>
  );
}
