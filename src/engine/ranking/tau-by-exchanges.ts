/**
 * Kendall's correlation with weighted pairs, by sorting: the shared core of `weightedTau` and `kendallTauB`.
 *
 * Formula: <x, y> / sqrt(<x, x> <y, y>), <a, b> = sum_{i<j} sgn(a_i - a_j) sgn(b_i - b_j) (w_i + w_j), w_i the weight of the
 * item's place in decreasing lexicographic order by (first, then second). The discordant pairs are those that a stable merge
 * sort by the second argument exchanges (Knight 1966, here with weights); tied pairs are runs of neighbours.
 *
 * Letters: M items.
 *
 * @param first  shape [M], no NaN
 * @param second shape [M], no NaN
 * @param weigh  weight of a place, 0 is the best
 * @returns in [-1, 1]; NaN if M < 2 or one argument has a single value
 *
 * Cost: O(M log M) time, O(M) memory.
 */
export function tauByExchanges(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  weigh: (place: number) => number,
): number {
  const order = Int32Array.from({ length: first.length }, (_, item) => item).sort(
    (a, b) => descending(first[a]!, first[b]!) || descending(second[a]!, second[b]!),
  );
  const x = Float64Array.from(order, (item) => first[item]!);
  const y = Float64Array.from(order, (item) => second[item]!);
  const weight = Float64Array.from(order, (_, place) => weigh(place));

  // Every sum below is over pairs and counts w_i + w_j.
  const all = tiedPairs(weight, () => true);
  const tiedInFirst = tiedPairs(weight, (i, j) => x[i] === x[j]);
  const tiedInBoth = tiedPairs(weight, (i, j) => x[i] === x[j] && y[i] === y[j]);
  const discordant = sortByExchanges(y, weight); // y and weight are in decreasing order of y from here on
  const tiedInSecond = tiedPairs(weight, (i, j) => y[i] === y[j]);

  const untied = all - tiedInFirst - tiedInSecond + tiedInBoth;
  const squaredNorms = (all - tiedInFirst) * (all - tiedInSecond);
  if (squaredNorms === 0) return Number.NaN;
  // Rounding may leave [-1, 1] by an ulp.
  return Math.min(1, Math.max(-1, (untied - 2 * discordant) / Math.sqrt(squaredNorms)));
}

function descending(a: number, b: number): number {
  if (a === b) return 0;
  return a > b ? -1 : 1;
}

/** Sum of w_i + w_j over the pairs inside each run of neighbours that `tied` joins: (size - 1) times the run's weight. */
function tiedPairs(weight: Float64Array, tied: (i: number, j: number) => boolean): number {
  let sum = 0;
  for (let start = 0; start < weight.length;) {
    let end = start + 1;
    let runWeight = weight[start]!;
    while (end < weight.length && tied(start, end)) runWeight += weight[end++]!;
    sum += (end - start - 1) * runWeight;
    start = end;
  }
  return sum;
}

/**
 * Sorts `y` in decreasing order, `weight` along with it, by a bottom-up merge sort.
 *
 * @returns the sum of w_i + w_j over the pairs that change places: those where the later item has the larger y
 */
function sortByExchanges(y: Float64Array, weight: Float64Array): number {
  const m = y.length;
  const mergedY = new Float64Array(m);
  const mergedWeight = new Float64Array(m);
  let exchanged = 0;
  for (let width = 1; width < m; width *= 2) {
    for (let start = 0; start < m; start += 2 * width) {
      const middle = Math.min(start + width, m);
      const end = Math.min(start + 2 * width, m);
      let waitingWeight = 0; // of the left items that are not placed yet
      for (let i = start; i < middle; i++) waitingWeight += weight[i]!;
      let left = start;
      let right = middle;
      for (let place = start; place < end; place++) {
        const takeLeft = left < middle && (right >= end || y[left]! >= y[right]!);
        const from = takeLeft ? left++ : right++;
        mergedY[place] = y[from]!;
        mergedWeight[place] = weight[from]!;
        if (takeLeft) waitingWeight -= weight[from]!;
        else if (left < middle) exchanged += waitingWeight + (middle - left) * weight[from]!;
      }
    }
    y.set(mergedY);
    weight.set(mergedWeight);
  }
  return exchanged;
}
