import { requireOrderable, requireSameLength } from "./order.js";

/**
 * Weighted Kendall tau ("first" convention) straight from its definition: the plain form that a property test ties `weightedTau` to.
 *
 * @param first  shape [M], larger is better, no NaN; gives the weights
 * @param second shape [M], larger is better, no NaN
 * @returns as `weightedTau`
 * @throws RangeError if the lengths differ or a value is NaN
 *
 * Cost: O(M^2) time, O(M) memory.
 */
export function weightedTauByPairs(first: ArrayLike<number>, second: ArrayLike<number>): number {
  requireSameLength("weightedTauByPairs", first, second);
  requireOrderable("weightedTauByPairs", "value of the first argument", first);
  requireOrderable("weightedTauByPairs", "value of the second argument", second);
  const m = first.length;
  const weight = new Float64Array(m);
  for (let i = 0; i < m; i++) {
    let better = 0;
    for (let j = 0; j < m; j++) {
      const sign = comparison(first, j, i) || comparison(second, j, i);
      if (sign > 0 || (sign === 0 && j < i)) better++;
    }
    weight[i] = 1 / (1 + better);
  }
  let product = 0;
  let squaredFirst = 0;
  let squaredSecond = 0;
  for (let i = 0; i < m; i++) {
    for (let j = i + 1; j < m; j++) {
      const pair = weight[i]! + weight[j]!;
      const x = comparison(first, i, j);
      const y = comparison(second, i, j);
      product += x * y * pair;
      squaredFirst += x * x * pair;
      squaredSecond += y * y * pair;
    }
  }
  return product / Math.sqrt(squaredFirst * squaredSecond);
}

/** sgn(values_i - values_j), exact for infinities too. */
function comparison(values: ArrayLike<number>, i: number, j: number): -1 | 0 | 1 {
  if (values[i] === values[j]) return 0;
  return values[i]! > values[j]! ? 1 : -1;
}
