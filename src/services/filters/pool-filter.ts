import type { PoolStatus } from "../../entities/pool.js";
import type { MomentCondition, TextCondition } from "./comparators.js";
import type { Filter, FilterFields } from "./filter-language.js";

/** Conditions that a pool must meet, all of them. */
export interface PoolFilter extends Filter {
  readonly and?: readonly PoolFilter[] | null | undefined;
  readonly or?: readonly PoolFilter[] | null | undefined;
  readonly not?: PoolFilter | null | undefined;
  readonly name?: TextCondition | null | undefined;
  readonly status?: readonly PoolStatus[] | null | undefined;
  readonly createdBy?: TextCondition | null | undefined;
  readonly createdAt?: MomentCondition | null | undefined;
}

export const POOL_FIELDS: FilterFields = {
  name: { column: "name", kind: "name" },
  status: { column: "status", kind: "text", short: "in" },
  createdBy: { column: "created_by", kind: "text" },
  createdAt: { column: "created_at", kind: "moment" },
};
