import type { EntityManager } from "typeorm";

import { Webhook } from "../../entities/webhook.js";
import { DomainError } from "../../errors.js";

/** The webhook without its secrets, held until the transaction ends. @throws DomainError NOT_FOUND */
export async function findWebhook(manager: EntityManager, id: string): Promise<Webhook> {
  const webhook = await lockWebhook(manager, id);
  if (webhook === null) throw new DomainError("NOT_FOUND", "There is no Webhook with the id given.");
  return webhook;
}

/** As `findWebhook`; null if there is none. */
export function lockWebhook(manager: EntityManager, id: string): Promise<Webhook | null> {
  return manager.findOne(Webhook, { where: { id }, lock: { mode: "for_no_key_update" } });
}
