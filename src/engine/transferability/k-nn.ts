import { doubleMatrix, rowOf, widen } from "../linalg/double-matrix.js";
import { dot } from "../linalg/vector.js";
import { multiplyTransposedRight } from "../runtime/mat-mul.js";
import { requireSamples } from "./checked-input.js";
import type { MetricInput } from "./metric.js";

/** Neighbours asked by default: enough to outvote one wrong label, few enough for classes of ten samples. */
const NEIGHBOURS = 5;

/** Entries of one block of inner products: 8 MB, so memory does not grow with N^2. */
const BLOCK_ENTRIES = 1_000_000;

/**
 * k-NN: share of the samples whose label their k nearest neighbours among all other samples agree on (leave-one-out).
 *
 * Neighbours are exact: squared Euclidean distances summed in float64 in feature order, equal distances by lower index.
 * A matrix product finds every candidate that rounding could let in, and only candidates are measured.
 * The label with most votes wins; among labels with equally many, the one whose nearest neighbour comes first.
 * Source: the classical rule of Cover, Hart, 1967; as a transferability baseline in Bolya et al., NeurIPS 2021.
 *
 * Letters: N samples, D features.
 *
 * @param neighbours k, an integer >= 1; of N samples at most N - 1 are asked
 * @returns accuracy in [0, 1], larger is better
 * @throws RangeError if N < 2, a label is out of range, a feature is not finite, or k is not an integer >= 1
 *
 * Cost: O(N^2 D) as a matrix product, O(N D) memory.
 */
export async function kNn(input: MetricInput, neighbours = NEIGHBOURS): Promise<number> {
  requireSamples("kNn", input);
  if (!Number.isInteger(neighbours) || neighbours < 1) {
    throw new RangeError(`kNn: neighbours must be an integer >= 1, got ${neighbours}`);
  }
  const points = widen(input.features);
  const { rows: samples, columns } = points;
  const asked = Math.min(neighbours, samples - 1);
  const squares = Float64Array.from({ length: samples }, (_, i) => dot(rowOf(points, i), rowOf(points, i)));
  // |x|^2 + |y|^2 - 2 x.y differs from the exact distance by at most this share of |x|^2 + |y|^2 (Higham, section 3.1).
  const rounding = (2 * columns + 10) * Number.EPSILON;
  const blockRows = Math.max(1, Math.floor(BLOCK_ENTRIES / samples));

  const lowest = new Float64Array(samples);
  let correct = 0;
  for (let first = 0; first < samples; first += blockRows) {
    const count = Math.min(blockRows, samples - first);
    const block = doubleMatrix(
      count,
      columns,
      points.values.slice(first * columns, (first + count) * columns),
    );
    const products = await multiplyTransposedRight(block, points); // [count, D] x [N, D]^T -> [count, N]
    for (let r = 0; r < count; r++) {
      const i = first + r;
      const limit = boundDistances(rowOf(products, r), squares, i, rounding, asked, lowest);
      const nearest: Neighbour[] = [];
      for (let j = 0; j < samples; j++) {
        if (lowest[j]! > limit) continue;
        insert(nearest, { index: j, distance: exactDistance(points.values, columns, i, j) }, asked);
      }
      if (vote(nearest, input.labels) === input.labels[i]) correct++;
    }
  }
  return correct / samples;
}

/**
 * Fills `lowest` with the lower end of the interval that holds each exact distance from sample i.
 *
 * @returns the k-th smallest upper end: k samples are certainly not farther, so nobody whose lower end lies above it is
 *   among the k nearest
 */
function boundDistances(
  products: Float64Array,
  squares: Float64Array,
  i: number,
  rounding: number,
  k: number,
  lowest: Float64Array,
): number {
  const smallest = new Float64Array(k).fill(Infinity); // upper ends, ascending
  for (let j = 0; j < products.length; j++) {
    const sum = squares[i]! + squares[j]!;
    const distance = sum - 2 * products[j]!;
    const slack = rounding * sum;
    lowest[j] = j === i ? Infinity : distance - slack;
    const highest = distance + slack;
    if (j === i || !(highest < smallest[k - 1]!)) continue;
    let at = k - 1;
    while (at > 0 && highest < smallest[at - 1]!) {
      smallest[at] = smallest[at - 1]!;
      at--;
    }
    smallest[at] = highest;
  }
  return smallest[k - 1]!;
}

interface Neighbour {
  readonly index: number;
  readonly distance: number;
}

/** Keeps the list sorted by distance, then index, and no longer than k. */
function insert(nearest: Neighbour[], next: Neighbour, k: number): void {
  let at = nearest.length;
  while (at > 0 && comesBefore(next, nearest[at - 1]!)) at--;
  nearest.splice(at, 0, next);
  if (nearest.length > k) nearest.pop();
}

function comesBefore(a: Neighbour, b: Neighbour): boolean {
  return a.distance < b.distance || (a.distance === b.distance && a.index < b.index);
}

function exactDistance(values: Float64Array, columns: number, i: number, j: number): number {
  let sum = 0;
  for (let d = 0; d < columns; d++) sum += (values[i * columns + d]! - values[j * columns + d]!) ** 2;
  return sum;
}

/** The label with most votes; a tie goes to the label that is met first, nearest neighbour first. */
function vote(nearest: readonly Neighbour[], labels: Int32Array): number {
  const votes = new Map<number, number>(); // iterates in the order in which labels were first met
  for (const { index } of nearest) votes.set(labels[index]!, (votes.get(labels[index]!) ?? 0) + 1);
  let winner = -1;
  let most = 0;
  for (const [label, count] of votes) {
    if (count > most) {
      most = count;
      winner = label;
    }
  }
  return winner;
}
