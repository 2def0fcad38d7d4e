import type { DataSource } from "typeorm";
import { v7 as uuid } from "uuid";

import { Webhook, type WebhookEvent } from "../../entities/webhook.js";
import { DomainError, inPart } from "../../errors.js";
import { audit } from "../access/audit.js";
import { once } from "../access/once.js";
import type { Viewer } from "../access/viewer.js";
import type { OutboundHttp } from "../outbound/outbound-http.js";
import { lockName } from "../registry/lock-name.js";
import { createWebhookSecret } from "./webhook-signature.js";
import { webhookUrl } from "./webhook-url.js";

/** Each event is written down once for every webhook that wants it. */
const MOST_WEBHOOKS = 100;

export interface AddWebhookInput {
  readonly url: string;
  readonly events: readonly WebhookEvent[];
}

/** Registers addresses that want to hear of events. */
export class AddWebhook {
  constructor(
    private readonly dataSource: DataSource,
    private readonly outbound: OutboundHttp,
  ) {}

  /**
   * @returns the webhook, and the secret that its deliveries are signed with, which nobody is told again
   * @throws DomainError FAILED_PRECONDITION (webhooks are off), BAD_USER_INPUT (url, events), CONFLICT (the url has one),
   *   RESOURCE_EXHAUSTED (too many)
   */
  async run(input: AddWebhookInput, viewer: Viewer): Promise<{ webhook: Webhook; secret: string }> {
    const url = inPart("url", () => webhookUrl(this.outbound, input.url));
    const events = checkedEvents(input.events);
    const secret = createWebhookSecret();
    return once(this.dataSource, viewer, async (manager) => {
      await lockName(manager, "webhook", "all");
      if (await manager.existsBy(Webhook, { url })) {
        throw new DomainError("CONFLICT", "This address has a webhook already; update its events instead.", {
          part: ["url"],
        });
      }
      if ((await manager.count(Webhook)) >= MOST_WEBHOOKS) {
        throw new DomainError("RESOURCE_EXHAUSTED", `There are ${MOST_WEBHOOKS} webhooks; remove one first.`);
      }
      const id = uuid();
      await manager.insert(Webhook, { id, url, events, enabled: true, secret, createdBy: viewer.name });
      const webhook = await manager.findOneByOrFail(Webhook, { id });
      const subject = { type: "Webhook", id };
      await audit(manager, viewer, { action: "addWebhook", subject, before: null, after: webhook });
      return { webhook, secret };
    });
  }
}

/** Each once. @throws DomainError BAD_USER_INPUT if there is none */
export function checkedEvents(events: readonly WebhookEvent[]): WebhookEvent[] {
  if (events.length > 0) return [...new Set(events)].sort();
  throw new DomainError("BAD_USER_INPUT", "events must hold at least one event, got none.", {
    part: ["events"],
  });
}
