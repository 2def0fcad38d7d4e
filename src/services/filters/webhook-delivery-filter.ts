import type { WebhookDeliveryState } from "../../entities/webhook-delivery.js";
import type { WebhookEvent } from "../../entities/webhook.js";
import type { MomentCondition } from "./comparators.js";
import type { Filter, FilterFields } from "./filter-language.js";

/** Conditions that a delivery must meet, all of them. */
export interface WebhookDeliveryFilter extends Filter {
  readonly and?: readonly WebhookDeliveryFilter[] | null | undefined;
  readonly or?: readonly WebhookDeliveryFilter[] | null | undefined;
  readonly not?: WebhookDeliveryFilter | null | undefined;
  readonly state?: readonly WebhookDeliveryState[] | null | undefined;
  readonly event?: readonly WebhookEvent[] | null | undefined;
  readonly createdAt?: MomentCondition | null | undefined;
}

export const WEBHOOK_DELIVERY_FIELDS: FilterFields = {
  state: { column: "state", kind: "text", short: "in" },
  event: { column: "event", kind: "text", short: "in" },
  createdAt: { column: "created_at", kind: "moment" },
};
