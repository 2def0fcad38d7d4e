import { useMutation } from "urql";

import {
  PingWebhookDocument,
  RemoveWebhookDocument,
  UpdateWebhookDocument,
  type WebhooksPageQuery,
} from "../generated/documents.ts";
import { day, words } from "../ui/format.ts";
import { refusalOf } from "./refusal.ts";

export type ListedWebhook = WebhooksPageQuery["webhooks"]["nodes"][number];

interface Props {
  readonly webhook: ListedWebhook;
  /** Told after everything that was done, and why it was refused. */
  readonly onChanged: (refusal: string | undefined) => void;
}

export function WebhookRow({ webhook, onChanged }: Props) {
  const { id: webhookId, url, events, enabled, disabledReason } = webhook;
  const [, ping] = useMutation(PingWebhookDocument);
  const [, update] = useMutation(UpdateWebhookDocument);
  const [, remove] = useMutation(RemoveWebhookDocument);
  const tryIt = async () => {
    const { data, error } = await ping({ input: { webhookId } });
    onChanged(refusalOf(error, data?.pingWebhook));
  };
  const change = async () => {
    const { data, error } = await update({ input: { webhookId, enabled: !enabled } });
    onChanged(refusalOf(error, data?.updateWebhook));
  };
  const end = async () => {
    if (!confirm(`Delete the webhook of ${url} and all that was delivered to it?`)) return;
    const { data, error } = await remove({ input: { webhookId } });
    onChanged(refusalOf(error, data?.removeWebhook));
  };
  return (
    <tr>
      <td className="mono">{url}</td>
      <td>
        <span className="row">
          {events.map((event) => (
            <span key={event} className="chip">
              {words(event)}
            </span>
          ))}
        </span>
      </td>
      <td className="muted">
        {day(webhook.createdAt)} by {webhook.createdBy}
      </td>
      <td>
        <span className={enabled ? "chip dew" : "chip alarm"}>{enabled ? "enabled" : "disabled"}</span>
        {disabledReason && <p className="small muted">{disabledReason}</p>}
        <span className="row">
          {enabled && <Act what="Ping" url={url} onClick={tryIt} />}
          <Act what={enabled ? "Disable" : "Enable"} url={url} onClick={change} />
          <Act what="Delete" url={url} onClick={end} />
        </span>
      </td>
    </tr>
  );
}

function Act({ what, url, onClick }: { what: string; url: string; onClick: () => Promise<void> }) {
  return (
    <button type="button" className="button quiet small" onClick={() => void onClick()}>
      {what}
      <span className="unseen"> {url}</span>
    </button>
  );
}
