import { requireSameLength } from "./order.js";
import { deviationOf, zScores } from "./z-scores.js";

/**
 * Fitness with what outcomes on other tasks say about the PTMs in general.
 *
 * Formula: z(fitness) + weight z(prior). Fitness alone knows what fits the task; the prior (family-scores.ts) knows which
 * PTMs are good at all. How much the latter counts is chosen with the spider (its manifest's `priorWeight`).
 *
 * @param fitness shape [M], larger is better
 * @param prior   shape [M], from outcomes that must not be of the ranked task; undefined while there are none
 * @param weight  >= 0
 * @returns shape [M]; z(fitness) alone without a prior
 * @throws RangeError if the lengths differ or a value is NaN or +Infinity
 *
 * Cost: O(M).
 */
export function withPrior(
  fitness: ArrayLike<number>,
  prior: ArrayLike<number> | undefined,
  weight: number,
): Float32Array {
  const own = zScores(fitness);
  if (prior === undefined) return Float32Array.from(own);
  requireSameLength("withPrior", fitness, prior);
  const general = zScores(prior);
  const together = new Float32Array(own.length);
  for (let m = 0; m < together.length; m++) together[m] = own[m]! + weight * general[m]!;
  return together;
}

/** A PTM that was run on the task. */
export interface RunFitness {
  /** Its place in the zoo's fitness. */
  readonly item: number;
  /** With its specific row. */
  readonly fitness: number;
  /** What `withPrior` gave it before the run. */
  readonly coarse: number;
}

/**
 * The same for a PTM that was run on the task: on the scale of those that were not, with the prior that the coarse ranking
 * had, whatever was reported since.
 *
 * Formula: coarse + (fitness - zoo[item]) / sd(zoo), which is (fitness - mean(zoo)) / sd(zoo) + weight z(prior).
 *
 * @param zoo shape [M], fitness of every PTM without a run, finite
 *
 * Cost: O(M).
 */
export function rerankedWithPrior(zoo: ArrayLike<number>, { item, fitness, coarse }: RunFitness): number {
  const deviation = deviationOf(zoo) || 1; // where all are equal, z-scores are 0 and there is no scale
  return coarse + (fitness - zoo[item]!) / deviation;
}
