import type { SnapshotManifest } from "../../engine/spider/snapshot-manifest.js";
import { LEAST_VALIDATED } from "../../engine/training/join-zoo.js";
import { AGGREGATIONS, type Aggregation } from "../../engine/training/supervision.js";

/** Where a spider does not say on which training tasks it was validated, these are at the end of the pool. */
const VALIDATION_SHARE = 0.1;

/** Parts training tasks, given by their ascending numbers, into those that a spider learned from and those it did not. */
export function partTasks(
  { hyperparameters }: SnapshotManifest,
  tasks: readonly number[],
): { readonly learn: readonly number[]; readonly validate: readonly number[] } {
  const { tasks: learned, validation } = hyperparameters ?? {};
  if (typeof learned === "number" && typeof validation === "number") {
    const isValidation = (task: number): boolean => task >= learned && task < learned + validation;
    const validate = tasks.filter(isValidation);
    if (validate.length >= LEAST_VALIDATED) {
      return { learn: tasks.filter((task) => !isValidation(task)), validate };
    }
  }
  const count = Math.max(LEAST_VALIDATED, Math.round(VALIDATION_SHARE * tasks.length));
  return { learn: tasks.slice(0, -count), validate: tasks.slice(-count) };
}

/** How a spider's targets were made of several metrics. */
export function aggregationOf({ hyperparameters }: SnapshotManifest): Aggregation {
  return AGGREGATIONS.find((name) => name === hyperparameters?.["aggregation"]) ?? "Z_SUM";
}
