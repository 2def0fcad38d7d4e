import type { DataSource } from "typeorm";
import { v7 as uuid } from "uuid";

import { WebhookDelivery } from "../../entities/webhook-delivery.js";
import { DomainError } from "../../errors.js";
import { audit } from "../access/audit.js";
import { once } from "../access/once.js";
import type { Viewer } from "../access/viewer.js";
import { findWebhook } from "./find-webhook.js";
import { ATTEMPTS } from "./retry-delay.js";

/** Deliveries that people ask for. */
export class RequestDelivery {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Sends a PING, whatever events the webhook wants. One that waits is joined.
   *
   * @throws DomainError NOT_FOUND, FAILED_PRECONDITION (the webhook is disabled)
   */
  async ping(webhookId: string, viewer: Viewer): Promise<WebhookDelivery> {
    const { delivery } = await once(this.dataSource, viewer, async (manager) => {
      const { enabled } = await findWebhook(manager, webhookId);
      requireEnabled(enabled);
      const waiting = await manager.findOneBy(WebhookDelivery, {
        webhookId,
        event: "PING",
        state: "PENDING",
      });
      if (waiting !== null) return { delivery: waiting };
      const id = uuid();
      await manager.insert(WebhookDelivery, { id, webhookId, event: "PING", subject: { by: viewer.name } });
      const delivery = await manager.findOneByOrFail(WebhookDelivery, { id });
      const subject = { type: "WebhookDelivery", id };
      await audit(manager, viewer, { action: "pingWebhook", subject, before: null, after: delivery });
      return { delivery };
    });
    return delivery;
  }

  /**
   * Sends a delivery that is over again, under the id that it had. One that waits is left as it is.
   *
   * @throws DomainError NOT_FOUND, FAILED_PRECONDITION (the webhook is disabled)
   */
  async replay(id: string, viewer: Viewer): Promise<WebhookDelivery> {
    return this.dataSource.transaction(async (manager) => {
      const known = await manager.findOneBy(WebhookDelivery, { id });
      if (known === null) {
        throw new DomainError(
          "NOT_FOUND",
          "There is no WebhookDelivery with the id given; they are kept for 30 days.",
        );
      }
      const { enabled } = await findWebhook(manager, known.webhookId);
      const before = await manager.findOneByOrFail(WebhookDelivery, { id });
      if (before.state === "PENDING") return before;
      requireEnabled(enabled);
      await manager
        .createQueryBuilder()
        .update(WebhookDelivery)
        .set({
          state: "PENDING",
          nextAttemptAt: () => "now()",
          lastAttempt: before.attempts + ATTEMPTS,
        })
        .where({ id })
        .execute();
      const after = await manager.findOneByOrFail(WebhookDelivery, { id });
      const subject = { type: "WebhookDelivery", id };
      await audit(manager, viewer, { action: "replayWebhookDelivery", subject, before, after });
      return after;
    });
  }
}

function requireEnabled(enabled: boolean): void {
  if (enabled) return;
  throw new DomainError(
    "FAILED_PRECONDITION",
    "The webhook is disabled; enable it with updateWebhook first.",
  );
}
