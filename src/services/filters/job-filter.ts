import type { JobKind, JobState } from "../../entities/job.js";
import type { MomentCondition } from "./comparators.js";
import type { Filter, FilterFields } from "./filter-language.js";

/** Conditions that a job must meet, all of them. */
export interface JobFilter extends Filter {
  readonly and?: readonly JobFilter[] | null | undefined;
  readonly or?: readonly JobFilter[] | null | undefined;
  readonly not?: JobFilter | null | undefined;
  readonly state?: readonly JobState[] | null | undefined;
  readonly kind?: readonly JobKind[] | null | undefined;
  readonly createdAt?: MomentCondition | null | undefined;
}

export const JOB_FIELDS: FilterFields = {
  state: { column: "state", kind: "text", short: "in" },
  kind: { column: "kind", kind: "text", short: "in" },
  createdAt: { column: "created_at", kind: "moment" },
};
