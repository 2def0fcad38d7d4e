import type { TransferabilityMetric } from "../../entities/transferability-score.js";
import type { CountCondition, MomentCondition } from "./comparators.js";
import type { Filter, FilterFields } from "./filter-language.js";

/** Conditions that a transferability score must meet, all of them. */
export interface ScoreFilter extends Filter {
  readonly and?: readonly ScoreFilter[] | null | undefined;
  readonly or?: readonly ScoreFilter[] | null | undefined;
  readonly not?: ScoreFilter | null | undefined;
  readonly taskId?: string | null | undefined;
  readonly ptmId?: string | null | undefined;
  readonly metric?: readonly TransferabilityMetric[] | null | undefined;
  readonly value?: CountCondition | null | undefined;
  readonly createdAt?: MomentCondition | null | undefined;
}

export const SCORE_FIELDS: FilterFields = {
  taskId: { column: "task_id", kind: "reference", short: "eq" },
  ptmId: { column: "ptm_id", kind: "reference", short: "eq" },
  metric: { column: "metric", kind: "text", short: "in" },
  value: { column: "value", kind: "number" },
  createdAt: { column: "created_at", kind: "moment" },
};
