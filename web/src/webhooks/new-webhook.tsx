import { type FormEvent, useState } from "react";
import { useMutation } from "urql";

import { errorText } from "../api/client.ts";
import { AddWebhookDocument, type WebhookEvent } from "../generated/documents.ts";
import { Choices } from "../ui/choices.tsx";
import { words } from "../ui/format.ts";

/** A ping comes whether it is wanted or not. */
const EVENTS: readonly WebhookEvent[] = [
  "PTM_ADDED",
  "PTM_READY",
  "PTM_FAILED",
  "PTM_RETIRED",
  "PTM_ALIAS_MOVED",
  "TASK_READY",
  "TASK_FAILED",
  "RERANK_COMPLETED",
  "SPIDER_TRAINED",
  "SPIDER_FAILED",
  "SPIDER_ACTIVATED",
  "OUTCOME_REPORTED",
  "OUTCOME_VERIFIED",
  "OUTCOME_WITHDRAWN",
];

/** Tells a further address; its secret is shown once. */
export function NewWebhook({ onAdded }: { onAdded: () => void }) {
  const [url, setUrl] = useState("");
  const [events, setEvents] = useState<WebhookEvent[]>([]);
  const [added, setAdded] = useState<{ url: string; secret: string }>();
  const [refusal, setRefusal] = useState<string>();
  const [{ fetching }, add] = useMutation(AddWebhookDocument);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const { data, error } = await add({ input: { url, events } });
    const secret = data?.addWebhook.secret;
    setRefusal(error ? errorText(error) : data?.addWebhook.userErrors[0]?.message);
    if (secret == null) return;
    setAdded({ url, secret });
    setUrl("");
    setEvents([]);
    onAdded();
  };
  return (
    <form className="panel stack" onSubmit={(event) => void submit(event)}>
      <label>
        <span className="label">Address</span>
        <input
          className="input"
          type="url"
          required
          placeholder="https://"
          value={url}
          onChange={(event) => setUrl(event.target.value)}
        />
      </label>
      <Choices label="Told of" all={EVENTS} chosen={events} onChange={setEvents} name={words} />
      <div className="row">
        <button type="submit" className="button primary" disabled={fetching}>
          Add a webhook
        </button>
      </div>
      {refusal && (
        <p className="note alarm" role="alert">
          {refusal}
        </p>
      )}
      {added && (
        <p className="note" role="status">
          What signs for {added.url}, shown this once: <code className="mono">{added.secret}</code>
        </p>
      )}
    </form>
  );
}
