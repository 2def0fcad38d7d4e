import { requireFinite } from "../matrix.js";
import { orderByScore, requireSameLength } from "./order.js";

/**
 * Regret@k: what is lost by fine-tuning only the first k PTMs of a ranking and keeping the best of them.
 *
 * Formula: max_m outcome_m - max_{m among the k largest fitness} outcome_m; equal fitness is ordered by lower index.
 * Agrees with: refs/ranking, keys regret@1 and regret@3.
 *
 * Letters: M PTMs.
 *
 * @param k        how many PTMs are tried; k >= M tries all
 * @param fitness  shape [M], larger is better, no NaN
 * @param outcomes shape [M], larger is better, finite
 * @returns >= 0, smaller is better, in the unit of the outcomes: points for percentages; outcomes that are fractions (as in
 *          zoo/outcomes.csv) give points after a factor of 100
 * @throws RangeError if k is not an integer >= 1, M is 0, the lengths differ, a fitness is NaN or an outcome is not finite
 *
 * Cost: O(M log M).
 */
export function regretAt(k: number, fitness: ArrayLike<number>, outcomes: ArrayLike<number>): number {
  if (!Number.isInteger(k) || k < 1) throw new RangeError(`regretAt: k must be an integer >= 1, got ${k}`);
  requireSameLength("regretAt", fitness, outcomes);
  if (outcomes.length === 0) throw new RangeError("regretAt: the zoo must hold at least one PTM, got none");
  requireFinite("regretAt", Float64Array.from(outcomes));
  const order = orderByScore("regretAt", fitness);
  let best = -Infinity;
  let bestTried = -Infinity;
  for (const [position, ptm] of order.entries()) {
    best = Math.max(best, outcomes[ptm]!);
    if (position < k) bestTried = Math.max(bestTried, outcomes[ptm]!);
  }
  return best - bestTried;
}
