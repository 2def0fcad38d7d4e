import type { MomentCondition, TextCondition } from "./comparators.js";
import type { Filter, FilterFields } from "./filter-language.js";

/** Conditions that a change must meet, all of them. */
export interface ChangeFilter extends Filter {
  readonly and?: readonly ChangeFilter[] | null | undefined;
  readonly or?: readonly ChangeFilter[] | null | undefined;
  readonly not?: ChangeFilter | null | undefined;
  readonly action?: readonly string[] | null | undefined;
  readonly actor?: TextCondition | null | undefined;
  readonly at?: MomentCondition | null | undefined;
}

export const CHANGE_FIELDS: FilterFields = {
  action: { column: "action", kind: "text", short: "in" },
  actor: { column: "actor", kind: "text" },
  at: { column: "at", kind: "moment" },
};
