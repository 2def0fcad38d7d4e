import { meanRanks, requireSameLength } from "./order.js";
import { pearson } from "./pearson.js";

/**
 * Spearman's correlation: Pearson's correlation of the ranks, ties sharing their mean rank.
 *
 * Agrees with: scipy.stats.spearmanr (refs/ranking).
 *
 * @param first  shape [M], no NaN
 * @param second shape [M], no NaN
 * @returns no unit, in [-1, 1]; NaN where it is undefined (M < 2, or one argument has a single value), as scipy gives it
 * @throws RangeError if the lengths differ or a value is NaN
 *
 * Cost: O(M log M) time, O(M) memory.
 */
export function spearman(first: ArrayLike<number>, second: ArrayLike<number>): number {
  requireSameLength("spearman", first, second);
  return pearson(meanRanks("spearman", first), meanRanks("spearman", second));
}
