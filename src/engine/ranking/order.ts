/**
 * Positions of the items from best to worst: larger scores first, equal scores by lower index.
 *
 * @param who    the calling function, for the message
 * @param scores shape [M], larger is better, no NaN; infinities have a place in an order and are allowed
 * @returns item indices, shape [M]
 * @throws RangeError if a score is NaN
 *
 * Cost: O(M log M) time, O(M) memory.
 */
export function orderByScore(who: string, scores: ArrayLike<number>): Int32Array {
  requireOrderable(who, "score", scores);
  const order = Int32Array.from({ length: scores.length }, (_, item) => item);
  // Comparing by < and > instead of subtracting: Infinity - Infinity is NaN.
  return order.sort((a, b) => {
    const left = scores[a]!;
    const right = scores[b]!;
    if (left !== right) return left > right ? -1 : 1;
    return a - b;
  });
}

/**
 * Ranks from 1 (best) to M; equal scores share the mean of the positions they take, so ranks may end in .5.
 *
 * @param who    the calling function, for the message
 * @param scores shape [M], larger is better, no NaN
 * @returns shape [M], exact half integers
 * @throws RangeError if a score is NaN
 */
export function meanRanks(who: string, scores: ArrayLike<number>): Float64Array {
  const order = orderByScore(who, scores);
  const ranks = new Float64Array(order.length);
  for (let start = 0; start < order.length;) {
    const end = endOfTies(order, scores, start);
    // Positions start + 1 ... end have the mean (start + 1 + end) / 2.
    for (let i = start; i < end; i++) ranks[order[i]!] = (start + 1 + end) / 2;
    start = end;
  }
  return ranks;
}

/**
 * Ranks from 1 (best) to M without ties: equal scores are told apart by lower index.
 *
 * @param who    the calling function, for the message
 * @param scores shape [M], larger is better, no NaN
 * @returns shape [M], a permutation of 1 ... M
 * @throws RangeError if a score is NaN
 */
export function ordinalRanks(who: string, scores: ArrayLike<number>): Int32Array {
  const order = orderByScore(who, scores);
  const ranks = new Int32Array(order.length);
  for (const [position, item] of order.entries()) ranks[item] = position + 1;
  return ranks;
}

/** The end (exclusive) of the run of equal scores that begins at position `start` of `order`. */
export function endOfTies(order: Int32Array, scores: ArrayLike<number>, start: number): number {
  const score = scores[order[start]!];
  let end = start + 1;
  while (end < order.length && scores[order[end]!] === score) end++;
  return end;
}

/**
 * Refuses what has no place in an order.
 *
 * @param who  the calling function, for the message
 * @param what the name of the values, singular, for the message
 * @throws RangeError at the first NaN
 */
export function requireOrderable(who: string, what: string, values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i]!))
      throw new RangeError(`${who}: every ${what} must be a number, got NaN at index ${i}`);
  }
}

/**
 * Refuses two lists that do not describe the same items.
 *
 * @throws RangeError if the lengths differ
 */
export function requireSameLength(who: string, first: ArrayLike<number>, second: ArrayLike<number>): void {
  if (first.length !== second.length) {
    throw new RangeError(
      `${who}: both arguments must have one value an item, got ${first.length} and ${second.length}`,
    );
  }
}
