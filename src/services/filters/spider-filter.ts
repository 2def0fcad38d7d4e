import type { SpiderStatus } from "../../entities/spider.js";
import type { CountCondition, MomentCondition } from "./comparators.js";
import type { Filter, FilterFields } from "./filter-language.js";

/** Conditions that a spider must meet, all of them. */
export interface SpiderFilter extends Filter {
  readonly and?: readonly SpiderFilter[] | null | undefined;
  readonly or?: readonly SpiderFilter[] | null | undefined;
  readonly not?: SpiderFilter | null | undefined;
  readonly status?: readonly SpiderStatus[] | null | undefined;
  readonly active?: boolean | null | undefined;
  readonly version?: CountCondition | null | undefined;
  readonly createdAt?: MomentCondition | null | undefined;
}

export const SPIDER_FIELDS: FilterFields = {
  status: { column: "status", kind: "text", short: "in" },
  active: { column: "active", kind: "flag", short: "eq" },
  version: { column: "version", kind: "number" },
  createdAt: { column: "created_at", kind: "moment" },
};
