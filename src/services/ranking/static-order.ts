import type { MeasuredScores } from "../../engine/ranking/standings.js";
import type { AdmittedPtms } from "./zoo-index.js";

/** What staticScores gives a PTM that no task knows. */
const UNKNOWN = 0.5;

/**
 * The part of the static ranking that a filter admits. A large zoo has few PTMs with an outcome, so the order is kept for
 * these alone; the others all score the same and stand in the order of their positions.
 *
 * Letters: K admitted PTMs with an outcome on another task.
 */
export class StaticOrder {
  /** As `scores`, ascending. */
  readonly #sorted: Float64Array;

  private constructor(
    private readonly candidates: Int32Array,
    /** Positions of the candidates with an outcome, ascending. */
    private readonly known: Int32Array,
    private readonly scores: Float64Array,
  ) {
    this.#sorted = scores.slice().sort();
  }

  /**
   * @param scores of the whole zoo: a filter changes no score
   * @returns undefined while no outcome of an admitted PTM is known
   */
  static of(admitted: AdmittedPtms, { measured, scores }: MeasuredScores): StaticOrder | undefined {
    const known = new Int32Array(measured.length);
    const ofKnown = new Float64Array(measured.length);
    let count = 0;
    for (let i = 0; i < measured.length; i++) {
      if (!isAdmitted(admitted, measured[i]!)) continue;
      known[count] = measured[i]!;
      ofKnown[count++] = scores[i]!;
    }
    if (count === 0) return undefined;
    return new StaticOrder(admitted.positions, known.subarray(0, count), ofKnown.subarray(0, count));
  }

  /** Larger is better. @param position of a candidate */
  score(position: number): number {
    const place = lowerBound(this.known, position);
    return this.known[place] === position ? this.scores[place]! : UNKNOWN;
  }

  /** 1 is best, ties by position. @param position of a candidate. Cost: O(log K), O(K) among ties. */
  rank(position: number): number {
    const score = this.score(position);
    const place = lowerBound(this.known, position);
    const [from, to] = [lowerBound(this.#sorted, score), upperBound(this.#sorted, score)];
    let before = this.#sorted.length - to;
    if (to > from) for (let i = 0; i < place; i++) if (this.scores[i] === score) before++;
    if (score < UNKNOWN) before += this.candidates.length - this.known.length;
    if (score === UNKNOWN) before += lowerBound(this.candidates, position) - place;
    return before + 1;
  }
}

export function isAdmitted({ bits }: AdmittedPtms, position: number): boolean {
  return bits === undefined || (bits[position >> 3]! & (1 << (position & 7))) !== 0;
}

/** How many of the ascending values are smaller. */
function lowerBound(values: ArrayLike<number>, value: number): number {
  let [begin, end] = [0, values.length];
  while (begin < end) {
    const middle = (begin + end) >> 1;
    if (values[middle]! < value) begin = middle + 1;
    else end = middle;
  }
  return begin;
}

/** How many of the ascending values are smaller or equal. */
function upperBound(values: ArrayLike<number>, value: number): number {
  let [begin, end] = [0, values.length];
  while (begin < end) {
    const middle = (begin + end) >> 1;
    if (values[middle]! <= value) begin = middle + 1;
    else end = middle;
  }
  return begin;
}
