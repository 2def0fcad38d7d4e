import { requireOrderable } from "./order.js";

/**
 * The k best items of a zoo, best first, without sorting the zoo.
 *
 * Letters: M items.
 *
 * @param scores   shape [M], larger is better, no NaN
 * @param k        how many; a zoo with fewer items gives all of them
 * @param tieBreak compares two item indices with equal scores, negative if the first comes first; a strict total order
 *                 (such as by id) makes the answer independent of how the zoo is stored
 * @returns item indices, best first, shape [min(k, M)]
 * @throws RangeError if k is not an integer >= 0 or a score is NaN
 *
 * Cost: O(M log k) time, O(k) memory: a heap of the best so far with the worst of them on top.
 */
export function topK(
  scores: Float32Array,
  k: number,
  tieBreak: (a: number, b: number) => number,
): Int32Array {
  if (!Number.isInteger(k) || k < 0) throw new RangeError(`topK: k must be an integer >= 0, got ${k}`);
  requireOrderable("topK", "score", scores);
  const isBetter = (a: number, b: number): boolean => {
    const left = scores[a]!;
    const right = scores[b]!;
    return left === right ? tieBreak(a, b) < 0 : left > right;
  };

  const size = Math.min(k, scores.length);
  if (size === 0) return new Int32Array(0);
  const heap = Int32Array.from({ length: size }, (_, item) => item);
  for (let place = (size >> 1) - 1; place >= 0; place--) sink(heap, place, size, isBetter);
  for (let item = size; item < scores.length; item++) {
    if (!isBetter(item, heap[0]!)) continue;
    heap[0] = item;
    sink(heap, 0, size, isBetter);
  }
  // Take the worst off the top into the place that becomes free at the end.
  for (let end = size - 1; end > 0; end--) {
    const worst = heap[0]!;
    heap[0] = heap[end]!;
    heap[end] = worst;
    sink(heap, 0, end, isBetter);
  }
  return heap;
}

/** Moves the item at `place` down until both items below it are better. */
function sink(
  heap: Int32Array,
  place: number,
  size: number,
  isBetter: (a: number, b: number) => boolean,
): void {
  for (;;) {
    let worst = place;
    for (let child = 2 * place + 1; child <= 2 * place + 2 && child < size; child++) {
      if (isBetter(heap[worst]!, heap[child]!)) worst = child;
    }
    if (worst === place) return;
    const item = heap[place]!;
    heap[place] = heap[worst]!;
    heap[worst] = item;
    place = worst;
  }
}
