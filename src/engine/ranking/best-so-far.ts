/** The best of a zoo: positions and their scores, best first. */
export interface Best {
  readonly positions: Int32Array;
  readonly scores: Float32Array;
}

/**
 * Keeps the k best scores of a zoo that arrives tile by tile; equal scores are told apart by lower position. Gives what
 * topK gives on the whole, without ever holding the whole.
 *
 * Letters: M items.
 *
 * Cost: O(M + k log k log M) on tiles in random order: nearly every item is one comparison with the worst that is kept.
 */
export class BestSoFar {
  readonly #heap: { position: number; score: number }[] = []; // the worst of the best on top

  /** @param k how many to keep, >= 1 */
  constructor(private readonly k: number) {}

  /**
   * @param scores   of the items [start, start + scores.length), no NaN
   * @param admitted the items that may enter, one bit an item of the zoo (bit i & 7 of byte i >> 3); absent: all
   */
  add(start: number, scores: Float32Array, admitted?: Uint8Array): void {
    const heap = this.#heap;
    for (let i = 0; i < scores.length; i++) {
      const score = scores[i]!;
      // Positions come in ascending order, so an equal score never replaces an earlier one.
      if (heap.length === this.k && score <= heap[0]!.score) continue;
      const position = start + i;
      if (admitted && (admitted[position >> 3]! & (1 << (position & 7))) === 0) continue;
      if (heap.length === this.k) this.#replaceWorst({ position, score });
      else this.#push({ position, score });
    }
  }

  /** What was kept, best first. */
  best(): Best {
    const ordered = [...this.#heap].sort((a, b) => b.score - a.score || a.position - b.position);
    return {
      positions: Int32Array.from(ordered, ({ position }) => position),
      scores: Float32Array.from(ordered, ({ score }) => score),
    };
  }

  #push(item: { position: number; score: number }): void {
    const heap = this.#heap;
    let place = heap.push(item) - 1;
    while (place > 0) {
      const above = (place - 1) >> 1;
      if (!isWorse(item, heap[above]!)) break;
      heap[place] = heap[above]!;
      place = above;
    }
    heap[place] = item;
  }

  #replaceWorst(item: { position: number; score: number }): void {
    const heap = this.#heap;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isWorse(heap[child + 1]!, heap[child]!)) child++;
      if (!isWorse(heap[child]!, item)) break;
      heap[place] = heap[child]!;
      place = child;
    }
    heap[place] = item;
  }
}

function isWorse(a: { position: number; score: number }, b: { position: number; score: number }): boolean {
  return a.score === b.score ? a.position > b.position : a.score < b.score;
}
