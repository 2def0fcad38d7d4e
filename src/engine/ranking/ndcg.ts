import { requireFinite } from "../matrix.js";
import { endOfTies, orderByScore, requireSameLength } from "./order.js";

/**
 * Normalised discounted cumulative gain: what the head of a ranking gathers, as a share of what the best ranking gathers.
 *
 * Formula: DCG / ideal DCG, DCG = sum_{r=0..k-1} gain at place r / log2(r + 2); equal scores share the mean of their gains.
 * Source: Jarvelin and Kekalainen, ACM TOIS 2002; ties after McSherry and Najork, ECIR 2008. Variant: linear gain (pass
 * 2^x - 1 as gains for the exponential one).
 * Agrees with: sklearn.metrics.ndcg_score (refs/ranking).
 *
 * Letters: M items.
 *
 * @param scores shape [M], larger is better, no NaN
 * @param gains  shape [M], finite, >= 0: what an item is worth
 * @param k      how many places count; all of them if left out
 * @returns no unit, in [0, 1], larger is better; 0 if nothing can be gained (all gains 0, or M is 0)
 * @throws RangeError if the lengths differ, k is not an integer >= 1, a score is NaN, or a gain is negative or not finite
 *
 * Cost: O(M log M) time, O(M) memory.
 */
export function ndcg(scores: ArrayLike<number>, gains: ArrayLike<number>, k: number = Infinity): number {
  requireSameLength("ndcg", scores, gains);
  if (k !== Infinity && (!Number.isInteger(k) || k < 1)) {
    throw new RangeError(`ndcg: k must be an integer >= 1, got ${k}`);
  }
  requireFinite("ndcg", Float64Array.from(gains));
  for (let i = 0; i < gains.length; i++) {
    if (gains[i]! < 0) throw new RangeError(`ndcg: every gain must be >= 0, got ${gains[i]} at index ${i}`);
  }
  const ideal = discountedGain(gains, gains, k);
  return ideal === 0 ? 0 : discountedGain(scores, gains, k) / ideal;
}

function discountedGain(scores: ArrayLike<number>, gains: ArrayLike<number>, k: number): number {
  const order = orderByScore("ndcg", scores);
  let sum = 0;
  for (let start = 0; start < order.length && start < k;) {
    const end = endOfTies(order, scores, start);
    let gain = 0;
    let discount = 0;
    for (let place = start; place < end; place++) {
      gain += gains[order[place]!]!;
      if (place < k) discount += 1 / Math.log2(place + 2);
    }
    sum += (gain / (end - start)) * discount;
    start = end;
  }
  return sum;
}
