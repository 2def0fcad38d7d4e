import type { EntityManager } from "typeorm";

/** Lets what waits for a webhook wait until it is enabled, in the caller's transaction. */
export async function pauseDeliveries(manager: EntityManager, webhookId: string): Promise<void> {
  await manager.query(
    `UPDATE webhook_delivery SET next_attempt_at = NULL WHERE webhook_id = $1 AND state = 'PENDING'`,
    [webhookId],
  );
}

/** Makes all that waits for a webhook due, in the caller's transaction. */
export async function resumeDeliveries(manager: EntityManager, webhookId: string): Promise<void> {
  await manager.query(
    `UPDATE webhook_delivery SET next_attempt_at = now() WHERE webhook_id = $1 AND state = 'PENDING'`,
    [webhookId],
  );
}
