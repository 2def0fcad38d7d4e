import { ordinalRanks, orderByScore, requireSameLength } from "./order.js";

/**
 * Hit@k: whether the PTM that a ranking puts first is one of the k best by outcome. (Whether the best PTM is among the first
 * k of the ranking is what `regretAt(k) === 0` says.)
 *
 * Agrees with: refs/ranking, key top1InTop3.
 *
 * @param k        how many outcomes count as good
 * @param fitness  shape [M], larger is better, no NaN; equal values are ordered by lower index
 * @param outcomes shape [M], larger is better, no NaN; equal values are ordered by lower index
 * @returns 1 or 0
 * @throws RangeError if k is not an integer >= 1, M is 0, the lengths differ or a value is NaN
 *
 * Cost: O(M log M).
 */
export function hitAt(k: number, fitness: ArrayLike<number>, outcomes: ArrayLike<number>): 0 | 1 {
  if (!Number.isInteger(k) || k < 1) throw new RangeError(`hitAt: k must be an integer >= 1, got ${k}`);
  requireSameLength("hitAt", fitness, outcomes);
  if (outcomes.length === 0) throw new RangeError("hitAt: the zoo must hold at least one PTM, got none");
  const first = orderByScore("hitAt", fitness)[0]!;
  return ordinalRanks("hitAt", outcomes)[first]! <= k ? 1 : 0;
}
