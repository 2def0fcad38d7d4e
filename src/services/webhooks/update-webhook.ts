import type { DataSource } from "typeorm";

import { Webhook, type WebhookEvent } from "../../entities/webhook.js";
import { DomainError } from "../../errors.js";
import { audit } from "../access/audit.js";
import type { Viewer } from "../access/viewer.js";
import { checkedEvents } from "./add-webhook.js";
import { findWebhook } from "./find-webhook.js";
import { pauseDeliveries, resumeDeliveries } from "./pause-deliveries.js";

/** What is absent stays. */
export interface UpdateWebhookInput {
  readonly webhookId: string;
  readonly events?: readonly WebhookEvent[] | null | undefined;
  readonly enabled?: boolean | null | undefined;
}

/** Changes webhooks. Another address is another webhook: whoever listens there has no secret of this one. */
export class UpdateWebhook {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * What waits for a webhook that is disabled waits until it is enabled; what happens meanwhile is not written down for it.
   * Safe to repeat.
   *
   * @throws DomainError NOT_FOUND, BAD_USER_INPUT (no event)
   */
  async run({ webhookId: id, events, enabled }: UpdateWebhookInput, viewer: Viewer): Promise<Webhook> {
    return this.dataSource.transaction(async (manager) => {
      const before = await findWebhook(manager, id);
      const changes = {
        events: events == null ? before.events : checkedEvents(events),
        enabled: enabled ?? before.enabled,
      };
      const isSame =
        changes.enabled === before.enabled && changes.events.join() === [...before.events].sort().join();
      if (isSame) return before;
      if (changes.enabled !== before.enabled) {
        await manager.update(Webhook, { id }, { disabledReason: null, deadInARow: 0 });
        await (changes.enabled ? resumeDeliveries : pauseDeliveries)(manager, id);
      }
      await manager.update(Webhook, { id }, changes);
      const after = await manager.findOneByOrFail(Webhook, { id });
      await audit(manager, viewer, {
        action: "updateWebhook",
        subject: { type: "Webhook", id },
        before,
        after,
      });
      return after;
    });
  }

  /**
   * Removes it with its deliveries.
   *
   * @returns it as it was
   * @throws DomainError NOT_FOUND
   */
  async remove(id: string, viewer: Viewer): Promise<Webhook> {
    return this.dataSource.transaction(async (manager) => {
      const before = await findWebhook(manager, id);
      const { affected } = await manager.delete(Webhook, { id });
      if (affected !== 1) throw new DomainError("NOT_FOUND", "There is no Webhook with the id given.");
      await audit(manager, viewer, {
        action: "removeWebhook",
        subject: { type: "Webhook", id },
        before,
        after: null,
      });
      return before;
    });
  }
}
