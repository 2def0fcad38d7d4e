import { requireSameLength } from "./order.js";
import { zScores } from "./z-scores.js";

/**
 * What counts how much unless a spider says otherwise: fitness, and metrics by their names. Looked at on seven spiders and eight
 * tasks with outcomes (docs/adr/0038).
 */
export const USUAL_MIXTURE = { FITNESS: 0.1, LOG_ME: 1, K_NN: 1 } as const;

/** A transferability score of every PTM that was run, and how much it counts. */
export interface WeightedScores {
  /** >= 0 */
  readonly weight: number;
  /** Shape [k], larger is better; -Infinity where the metric is undefined for a PTM */
  readonly values: ArrayLike<number>;
}

/**
 * New scores for PTMs that were run on a task: what the metrics found in their features, with a little of their fitness,
 * which decides where the metrics disagree. Fit for AMONG_THEMSELVES alone: the result knows nothing of the other PTMs.
 *
 * Formula: sum_v w_v z(score_v), fitness being one of the v; z over the k PTMs that were run.
 *
 * Letters: k PTMs that were run.
 *
 * @param fitness shape [k], as they are ranked by, with the prior if there is one
 * @returns shape [k], no unit, larger is better; ordered as the fitness is where there are no scores
 * @throws RangeError if the lengths differ, a weight is negative or not finite, or a value is NaN or +Infinity
 *
 * Cost: O(V k).
 */
export function mixWithScores(fitness: WeightedScores, scores: readonly WeightedScores[]): Float64Array {
  const sum = new Float64Array(fitness.values.length);
  for (const { weight, values } of [fitness, ...scores]) {
    requireSameLength("mixWithScores", fitness.values, values);
    if (!(weight >= 0 && Number.isFinite(weight))) {
      throw new RangeError(`mixWithScores: a weight must be finite and >= 0, got ${weight}`);
    }
    const share = scores.length > 0 ? weight : 1;
    zScores(values).forEach((score, i) => (sum[i]! += share * score));
  }
  return sum;
}
