import { requireOrderable, requireSameLength } from "./order.js";
import { tauByExchanges } from "./tau-by-exchanges.js";

/**
 * Which argument says how much an item weighs.
 * "first": the first argument (then the second inside its ties); scipy's `rank=None`, the glossary's tau_w with outcomes first.
 * "mean": the mean of both directions; scipy's `rank=True`, its default.
 */
export type WeightedTauConvention = "first" | "mean";

/**
 * Weighted Kendall tau: Kendall's correlation where a disagreement among the best items costs more than one among the worst.
 *
 * Formula: <x, y> / sqrt(<x, x> <y, y>), <a, b> = sum_{i<j} sgn(a_i - a_j) sgn(b_i - b_j) (w_i + w_j), w_i = 1 / (1 + r_i),
 * r_i the item's place from 0 (best) in decreasing lexicographic order by (x, then y). Items equal in both are interchangeable.
 * Source: Vigna, "A weighted correlation index for rankings with ties", WWW 2015. Variant: additive hyperbolic weights.
 * Agrees with: scipy.stats.weightedtau, rank=None ("first") and rank=True ("mean") (refs/ranking); weightedTauByPairs is the plain form.
 *
 * The arguments are not interchangeable under "first": the project's tau_w takes outcomes first, fitness second.
 *
 * Letters: M items.
 *
 * @param first  shape [M], larger is better, no NaN
 * @param second shape [M], larger is better, no NaN
 * @returns no unit, in [-1, 1]; NaN where the correlation is undefined (M < 2, or one argument has a single value), as scipy
 *          gives it: a caller that stores the number must store such a NaN as unknown
 * @throws RangeError if the lengths differ or a value is NaN
 *
 * Cost: O(M log M) time (tauByExchanges), O(M) memory.
 */
export function weightedTau(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  convention: WeightedTauConvention = "first",
): number {
  requireSameLength("weightedTau", first, second);
  requireOrderable("weightedTau", "value of the first argument", first);
  requireOrderable("weightedTau", "value of the second argument", second);
  const tau = tauByExchanges(first, second, hyperbolic);
  return convention === "first" ? tau : (tau + tauByExchanges(second, first, hyperbolic)) / 2;
}

function hyperbolic(place: number): number {
  return 1 / (1 + place);
}
