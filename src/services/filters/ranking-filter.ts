import type { RankingStage } from "../../entities/ranking.js";
import type { MomentCondition, TextCondition } from "./comparators.js";
import type { Filter, FilterFields } from "./filter-language.js";

/** Conditions that a kept ranking must meet, all of them. */
export interface RankingFilter extends Filter {
  readonly and?: readonly RankingFilter[] | null | undefined;
  readonly or?: readonly RankingFilter[] | null | undefined;
  readonly not?: RankingFilter | null | undefined;
  readonly stage?: readonly RankingStage[] | null | undefined;
  readonly createdBy?: TextCondition | null | undefined;
  readonly createdAt?: MomentCondition | null | undefined;
}

export const RANKING_FIELDS: FilterFields = {
  stage: { column: "stage", kind: "text", short: "in" },
  createdBy: { column: "created_by", kind: "text" },
  createdAt: { column: "created_at", kind: "moment" },
};
