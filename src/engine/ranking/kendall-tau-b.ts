import { requireOrderable, requireSameLength } from "./order.js";
import { tauByExchanges } from "./tau-by-exchanges.js";

/**
 * Kendall's tau-b: concordant minus discordant pairs, corrected for ties; every pair weighs the same.
 *
 * Formula: (P - Q) / sqrt((n0 - n1)(n0 - n2)), n0 all pairs, n1 and n2 the pairs tied in the first and second argument.
 * Source: Kendall, "The treatment of ties in ranking problems", Biometrika 1945. Variant: b.
 * Agrees with: scipy.stats.kendalltau (refs/ranking).
 *
 * Letters: M items.
 *
 * @param first  shape [M], no NaN
 * @param second shape [M], no NaN
 * @returns no unit, in [-1, 1]; NaN where it is undefined (M < 2, or one argument has a single value), as scipy gives it
 * @throws RangeError if the lengths differ or a value is NaN
 *
 * Cost: O(M log M) time, O(M) memory.
 */
export function kendallTauB(first: ArrayLike<number>, second: ArrayLike<number>): number {
  requireSameLength("kendallTauB", first, second);
  requireOrderable("kendallTauB", "value of the first argument", first);
  requireOrderable("kendallTauB", "value of the second argument", second);
  return tauByExchanges(first, second, () => 1 / 2); // a pair weighs 1/2 + 1/2
}
