/** A mean with the interval in which it would lie for other tasks of the same kind. */
export interface Estimate {
  readonly mean: number;
  /** The 2.5 % quantile of the resampled means. */
  readonly low: number;
  /** The 97.5 % quantile of the resampled means. */
  readonly high: number;
}

/** Enough that the ends of a 95 % interval rest on 50 resamples each. */
const RESAMPLES = 2000;

/**
 * Draws tasks with replacement. One set of draws serves every ranker of an evaluation, so that intervals of two rankers
 * differ by the rankers and not by the draws.
 *
 * @param tasks   how many tasks there are, >= 1
 * @param uniform a stream of numbers in [0, 1)
 * @returns RESAMPLES lists of `tasks` task indices each
 */
export function resampleTasks(tasks: number, uniform: () => number): Int32Array[] {
  return Array.from({ length: RESAMPLES }, () =>
    Int32Array.from({ length: tasks }, () => Math.floor(uniform() * tasks)),
  );
}

/**
 * Mean over tasks with its 95 % interval by the percentile bootstrap (Efron 1979).
 *
 * Few tasks make the interval too narrow rather than too wide, and one task gives no interval at all (low = mean = high).
 *
 * @param values  one a task, null where the quantity is undefined there: such a task is left out
 * @param samples from `resampleTasks`
 * @returns null if no task has a value
 */
export function estimateMean(
  values: readonly (number | null)[],
  samples: readonly Int32Array[],
): Estimate | null {
  const mean = meanOf(values);
  if (mean === null) return null;
  const means: number[] = [];
  for (const sample of samples) {
    const resampled = meanOf(Array.from(sample, (task) => values[task]!));
    if (resampled !== null) means.push(resampled);
  }
  const sorted = Float64Array.from(means).sort();
  return { mean, low: quantile(sorted, 0.025), high: quantile(sorted, 0.975) };
}

function meanOf(values: readonly (number | null)[]): number | null {
  let sum = 0;
  let known = 0;
  for (const value of values) {
    if (value === null) continue;
    sum += value;
    known++;
  }
  return known === 0 ? null : sum / known;
}

/** The value below which the given share of `sorted` lies, interpolated between neighbours. */
function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (place - below) * (sorted[above]! - sorted[below]!);
}
