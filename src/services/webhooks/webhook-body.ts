import type { WebhookDelivery } from "../../entities/webhook-delivery.js";

/** What is sent, to the byte the same in every attempt. */
export function webhookBody({ event, subject, createdAt }: WebhookDelivery): string {
  return JSON.stringify({ type: webhookType(event), timestamp: createdAt.toISOString(), data: subject });
}

/** An event's name as receivers see it: `ptm.alias_moved`. */
export function webhookType(event: string): string {
  return event.toLowerCase().replace("_", ".");
}
