import { useState } from "react";
import { useQuery } from "urql";

import { DeliveriesPartDocument, type WebhookDeliveryState } from "../generated/documents.ts";
import { words } from "../ui/format.ts";
import { Pager, usePlaces } from "../ui/pager.tsx";
import { Problem, Waiting } from "../ui/states.tsx";
import { Choice } from "./choice.tsx";
import { DeliveryRow } from "./delivery-row.tsx";

const STATES: readonly WebhookDeliveryState[] = ["PENDING", "DELIVERED", "DEAD"];

/** A list that was empty, too, is read again when a ping is sent. */
const SENT_HERE = { additionalTypenames: ["WebhookDelivery"] };

interface Props {
  readonly webhooks: readonly { readonly id: string; readonly url: string }[];
}

/** What was and will be sent, newest first. */
export function Deliveries({ webhooks }: Props) {
  const [webhookId, setWebhook] = useState<string>();
  const [state, setState] = useState<WebhookDeliveryState>();
  const [refusal, setRefusal] = useState<string>();
  const places = usePlaces();
  const [{ data, error, fetching }, ask] = useQuery({
    query: DeliveriesPartDocument,
    variables: { first: 50, after: places.after, webhookId, filter: state ? { state: [state] } : null },
    context: SENT_HERE,
  });
  const again = () => ask({ requestPolicy: "network-only" });
  /** Another choice begins at the newest. */
  function choose<Value>(set: (value: Value) => void): (value: Value) => void {
    return (value) => {
      places.restart();
      set(value);
    };
  }
  return (
    <section className="stack">
      <header className="spread">
        <h2>Deliveries</h2>
        <div className="fields">
          <Choice
            label="To"
            every="every webhook"
            options={webhooks.map(({ id, url }) => [id, url])}
            value={webhookId}
            onChange={choose(setWebhook)}
          />
          <Choice
            label="State"
            every="every state"
            options={STATES.map((one) => [one, words(one)])}
            value={state}
            onChange={choose(setState)}
          />
          <button type="button" className="button" onClick={again}>
            Look again
          </button>
        </div>
      </header>
      {error && <Problem error={error} onRetry={again} />}
      {refusal && (
        <p className="note alarm" role="alert">
          {refusal}
        </p>
      )}
      {!data && fetching && <Waiting what="Reading the deliveries" />}
      {data && (
        <>
          <div className="panel scroll" tabIndex={0} role="region" aria-label="Deliveries">
            <table className="table">
              <thead>
                <tr>
                  <th scope="col">Event</th>
                  <th scope="col">To</th>
                  <th scope="col">Happened</th>
                  <th scope="col">State</th>
                  <th scope="col" className="number">
                    Attempts
                  </th>
                </tr>
              </thead>
              <tbody>
                {data.webhookDeliveries.nodes.map((delivery) => (
                  <DeliveryRow
                    key={delivery.id}
                    delivery={delivery}
                    onReplayed={(message) => {
                      setRefusal(message);
                      again();
                    }}
                  />
                ))}
              </tbody>
            </table>
            {data.webhookDeliveries.nodes.length === 0 && <p className="muted">None.</p>}
          </div>
          <Pager places={places} pageInfo={data.webhookDeliveries.pageInfo} />
        </>
      )}
    </section>
  );
}
