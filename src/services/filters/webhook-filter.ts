import type { WebhookEvent } from "../../entities/webhook.js";
import type { MomentCondition, TextCondition } from "./comparators.js";
import type { Filter, FilterFields } from "./filter-language.js";

/** Conditions that a webhook must meet, all of them. */
export interface WebhookFilter extends Filter {
  readonly and?: readonly WebhookFilter[] | null | undefined;
  readonly or?: readonly WebhookFilter[] | null | undefined;
  readonly not?: WebhookFilter | null | undefined;
  readonly url?: TextCondition | null | undefined;
  /** At least one of these is among its events. */
  readonly events?: readonly WebhookEvent[] | null | undefined;
  readonly enabled?: boolean | null | undefined;
  readonly createdAt?: MomentCondition | null | undefined;
}

export const WEBHOOK_FIELDS: FilterFields = {
  url: { column: "url", kind: "text" },
  events: { column: "events", kind: "labels", short: "in" },
  enabled: { column: "enabled", kind: "flag", short: "eq" },
  createdAt: { column: "created_at", kind: "moment" },
};
