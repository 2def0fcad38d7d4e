import type { TaskStatus } from "../../entities/task.js";
import type { CountCondition, LabelsCondition, MomentCondition, TextCondition } from "./comparators.js";
import type { Filter, FilterFields } from "./filter-language.js";

/** Conditions that a task must meet, all of them. */
export interface TaskFilter extends Filter {
  readonly and?: readonly TaskFilter[] | null | undefined;
  readonly or?: readonly TaskFilter[] | null | undefined;
  readonly not?: TaskFilter | null | undefined;
  readonly name?: string | null | undefined;
  readonly status?: readonly TaskStatus[] | null | undefined;
  readonly classes?: LabelsCondition | null | undefined;
  readonly sampleCount?: CountCondition | null | undefined;
  readonly latest?: boolean | null | undefined;
  readonly createdBy?: TextCondition | null | undefined;
  readonly createdAt?: MomentCondition | null | undefined;
  readonly where?: { readonly name?: TextCondition | null | undefined } | null | undefined;
}

export const TASK_FIELDS: FilterFields = {
  name: { column: "name", kind: "name", short: "eq" },
  status: { column: "status", kind: "text", short: "in" },
  classes: { column: "classes", kind: "labels" },
  sampleCount: { column: "sample_count", kind: "number" },
  latest: { column: "latest", kind: "flag", short: "eq" },
  createdBy: { column: "created_by", kind: "text" },
  createdAt: { column: "created_at", kind: "moment" },
};
