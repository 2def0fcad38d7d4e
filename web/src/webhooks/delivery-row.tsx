import { useMutation } from "urql";

import {
  type DeliveriesPartQuery,
  ReplayWebhookDeliveryDocument,
  type WebhookDeliveryState,
} from "../generated/documents.ts";
import { moment, words } from "../ui/format.ts";
import { refusalOf } from "./refusal.ts";

const CHIPS: Record<WebhookDeliveryState, string> = {
  PENDING: "chip amber",
  DELIVERED: "chip dew",
  DEAD: "chip alarm",
};

type Delivery = DeliveriesPartQuery["webhookDeliveries"]["nodes"][number];

interface Props {
  readonly delivery: Delivery;
  /** Told why it was refused. */
  readonly onReplayed: (refusal: string | undefined) => void;
}

export function DeliveryRow({ delivery, onReplayed }: Props) {
  const { id: deliveryId, event, state, status, error, nextAttemptAt } = delivery;
  const [, replay] = useMutation(ReplayWebhookDeliveryDocument);
  const sendAgain = async () => {
    const { data, error } = await replay({ input: { deliveryId } });
    onReplayed(refusalOf(error, data?.replayWebhookDelivery));
  };
  return (
    <tr>
      <td>
        {words(event)}
        <details className="changes small">
          <summary>body</summary>
          <code className="mono">{delivery.body}</code>
        </details>
      </td>
      <td className="mono">{delivery.webhook?.url}</td>
      <td className="muted when">{moment(delivery.createdAt)}</td>
      <td>
        <span className={CHIPS[state]}>{words(state)}</span>
        {status !== null && <span className="small muted"> HTTP {status}</span>}
        {error && <p className="small muted">{error}</p>}
        {state === "PENDING" && delivery.attempts > 0 && nextAttemptAt && (
          <p className="small muted">next attempt {moment(nextAttemptAt)}</p>
        )}
        {state !== "PENDING" && (
          <button type="button" className="button quiet small" onClick={() => void sendAgain()}>
            Send again<span className="unseen">: {words(event)}</span>
          </button>
        )}
      </td>
      <td className="number">{delivery.attempts}</td>
    </tr>
  );
}
