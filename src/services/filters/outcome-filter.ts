import type { OutcomeProtocol } from "../../entities/outcome.js";
import type { CountCondition, MomentCondition, TextCondition } from "./comparators.js";
import type { Filter, FilterFields } from "./filter-language.js";

/** Conditions that an outcome must meet, all of them. */
export interface OutcomeFilter extends Filter {
  readonly and?: readonly OutcomeFilter[] | null | undefined;
  readonly or?: readonly OutcomeFilter[] | null | undefined;
  readonly not?: OutcomeFilter | null | undefined;
  readonly taskId?: string | null | undefined;
  readonly ptmId?: string | null | undefined;
  readonly metric?: TextCondition | null | undefined;
  readonly protocol?: readonly OutcomeProtocol[] | null | undefined;
  readonly split?: TextCondition | null | undefined;
  readonly value?: CountCondition | null | undefined;
  readonly verified?: boolean | null | undefined;
  readonly withdrawn?: boolean | null | undefined;
  readonly reportedBy?: TextCondition | null | undefined;
  readonly createdAt?: MomentCondition | null | undefined;
}

export const OUTCOME_FIELDS: FilterFields = {
  taskId: { column: "task_id", kind: "reference", short: "eq" },
  ptmId: { column: "ptm_id", kind: "reference", short: "eq" },
  metric: { column: "metric", kind: "text" },
  protocol: { column: "protocol", kind: "text", short: "in" },
  split: { column: "split", kind: "text" },
  value: { column: "value", kind: "number" },
  verified: { column: "verified", kind: "flag", short: "eq" },
  withdrawn: { column: "withdrawn", kind: "flag", short: "eq" },
  reportedBy: { column: "reported_by", kind: "text" },
  createdAt: { column: "created_at", kind: "moment" },
};
