import { blockOf, doubleMatrix, type DoubleMatrix, rowOf } from "../linalg/double-matrix.js";
import { dot } from "../linalg/vector.js";
import { type Matrix, matrix } from "../matrix.js";
import { uniformStream } from "../random.js";
import { multiplyTransposedRight } from "../runtime/mat-mul.js";
import { requireSamples, requireTwoClasses } from "./checked-input.js";
import { statisticsOf } from "./feature-statistics.js";
import type { MetricInput } from "./metric.js";

export interface ParcOptions {
  /** Of more samples than this, so many are drawn: 3000 samples have 4.5 million pairs. */
  readonly maximumSamples?: number;
  /** Of the draw; an integer. */
  readonly seed?: number;
}

const MAXIMUM_SAMPLES = 3000;

/** A z-scored row whose values differ by less than this share of its length is constant but for rounding. */
const CONSTANT_ROW = 1e-12;

/**
 * PARC: do samples with different labels lie farther apart than samples with the same label?
 *
 * Formula: 100 times Spearman's correlation, over all pairs of samples, of 1 - corr(x_i, x_j) with "labels differ";
 *   corr is Pearson's over the features, after z-scoring every feature.
 * Source: Bolya, Mittapalli, Hoffman, NeurIPS 2021. Variant: no dimension reduction; exact ties with average ranks. The
 *   published code takes label distances from floating-point correlations, whose rounding breaks their ties by chance.
 * Agrees with: refs/metrics `parc`.
 *
 * Decided here: a constant feature says nothing (z = 0); a sample whose z-scored features are all equal has no correlation
 * and counts as uncorrelated with every other (distance 1); equal samples are exactly 0 apart.
 *
 * Letters: N samples, D features, U different samples, P pairs.
 *
 * @returns in [-100, 100], larger is better
 * @throws RangeError if N < 2, a label is out of range, a feature is not finite, fewer than two classes have samples, no
 *   two samples share a class, or all distances are equal (fewer than two features vary)
 *
 * Cost: O(N^2 D) as a matrix product, O(N^2 log N) to sort, 16 N^2 bytes.
 */
export async function parc(input: MetricInput, options: ParcOptions = {}): Promise<number> {
  requireSamples("parc", input);
  const { maximumSamples = MAXIMUM_SAMPLES, seed = 0 } = options;
  if (!(maximumSamples >= 3)) {
    throw new RangeError(`parc: maximumSamples must be at least 3, got ${maximumSamples}`);
  }
  const chosen = drawn(input, maximumSamples, seed);
  const { features, labels } = chosen;
  const { centred, presentClasses } = statisticsOf("parc", chosen);
  requireTwoClasses("parc", presentClasses);

  const { rows, placeOf } = differentRows(features);
  const correlations = await rowCorrelations(centred, inverseDeviations(features, centred), rows); // [U, U]
  const { same, different } = pairDistances(correlations, placeOf, labels);
  if (same.length === 1) throw new RangeError("parc: at least two samples must share a class, got none");
  return 100 * spearmanWithFlag(same, different);
}

/** A random subset without replacement, in the order of the samples. */
function drawn(input: MetricInput, limit: number, seed: number): MetricInput {
  const { rows, columns, values } = input.features;
  if (rows <= limit) return input;
  const uniform = uniformStream(seed);
  const order = Int32Array.from({ length: rows }, (_, i) => i);
  for (let i = 0; i < limit; i++) {
    const other = i + Math.floor(uniform() * (rows - i));
    [order[i], order[other]] = [order[other]!, order[i]!];
  }
  const chosen = order.slice(0, limit).sort();
  const subset = new Float32Array(limit * columns);
  chosen.forEach((from, to) =>
    subset.set(values.subarray(from * columns, (from + 1) * columns), to * columns),
  );
  return {
    features: matrix(limit, columns, subset),
    labels: chosen.map((i) => input.labels[i]!),
    classCount: input.classCount,
  };
}

/**
 * Finds rows that are equal value for value: they must be exactly 0 apart, and equally far from all others, which a
 * matrix product does not promise.
 *
 * @returns rows: one sample of each kind, length U; placeOf: the place in `rows` of each sample's kind, shape [N]
 */
function differentRows({ rows: samples, columns, values }: Matrix): { rows: number[]; placeOf: Int32Array } {
  const compare = (a: number, b: number): number => {
    for (let d = 0; d < columns; d++) {
      const difference = values[a * columns + d]! - values[b * columns + d]!;
      if (difference !== 0) return difference;
    }
    return 0;
  };
  // Equal rows become neighbours; a typed array sorts stably, so the first of its kind has the lowest index.
  const order = Int32Array.from({ length: samples }, (_, i) => i).sort(compare);
  const firstOf = new Int32Array(samples);
  order.forEach((sample, at) => {
    const before = at === 0 ? sample : order[at - 1]!;
    firstOf[sample] = compare(before, sample) === 0 && at > 0 ? firstOf[before]! : sample;
  });

  const rows: number[] = [];
  const placeOf = new Int32Array(samples);
  firstOf.forEach((first, sample) => {
    if (first === sample) rows.push(sample);
    placeOf[sample] = first === sample ? rows.length - 1 : placeOf[first]!;
  });
  return { rows, placeOf };
}

/** Pearson correlations between the z-scored rows of the chosen samples, shape [U, U], lower triangle. */
async function rowCorrelations(
  centred: DoubleMatrix,
  scales: Float64Array,
  rows: readonly number[],
): Promise<DoubleMatrix> {
  const { columns } = centred;
  const directions = doubleMatrix(rows.length, columns);
  rows.forEach((sample, u) => {
    const row = rowOf(directions, u);
    const source = rowOf(centred, sample);
    let mean = 0;
    for (let d = 0; d < columns; d++) {
      row[d] = source[d]! * scales[d]!;
      mean += row[d]! / columns;
    }
    const lengthBefore = Math.sqrt(dot(row, row));
    for (let d = 0; d < columns; d++) row[d]! -= mean;
    const length = Math.sqrt(dot(row, row));
    const scale = length <= CONSTANT_ROW * lengthBefore ? 0 : 1 / length;
    for (let d = 0; d < columns; d++) row[d]! *= scale;
  });
  return lowerTriangle(directions);
}

/** X X^T at least up to its diagonal: five eighths of the products, what lies beyond is incomplete. */
async function lowerTriangle(x: DoubleMatrix): Promise<DoubleMatrix> {
  const result = doubleMatrix(x.rows, x.rows);
  const height = Math.max(1, Math.ceil(x.rows / 4));
  for (let start = 0; start < x.rows; start += height) {
    const end = Math.min(start + height, x.rows);
    const block = blockOf(x, start, end, 0, x.columns);
    const product = await multiplyTransposedRight(block, blockOf(x, 0, end, 0, x.columns)); // [h, D] x [end, D]^T
    for (let r = 0; r < product.rows; r++) result.values.set(rowOf(product, r), (start + r) * x.rows);
  }
  return result;
}

/** 1 / standard deviation of each feature; 0 for one that has a single value, whose centred values are only rounding. */
function inverseDeviations(features: Matrix, centred: DoubleMatrix): Float64Array {
  const { rows, columns, values } = features;
  const squares = new Float64Array(columns);
  const varies = new Uint8Array(columns);
  for (let i = 0; i < rows; i++) {
    for (let d = 0; d < columns; d++) {
      const value = centred.values[i * columns + d]!;
      squares[d]! += value * value;
      if (values[i * columns + d] !== values[d]) varies[d] = 1;
    }
  }
  return squares.map((square, d) => (varies[d] ? 1 / Math.sqrt(square / rows) : 0));
}

/**
 * Distances of all P = N (N - 1) / 2 pairs, apart by whether the two labels are the same; each list sorted, and closed by
 * an infinity.
 */
function pairDistances(
  correlations: DoubleMatrix,
  placeOf: Int32Array,
  labels: Int32Array,
): { same: Float64Array; different: Float64Array } {
  const samples = labels.length;
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  let samePairs = 0;
  for (const count of counts.values()) samePairs += (count * (count - 1)) / 2;

  const same = new Float64Array(samePairs + 1).fill(Infinity);
  const different = new Float64Array((samples * (samples - 1)) / 2 - samePairs + 1).fill(Infinity);
  let nextSame = 0;
  let nextDifferent = 0;
  for (let i = 1; i < samples; i++) {
    const label = labels[i]!;
    for (let j = 0; j < i; j++) {
      // The one triangle that was computed; the other need not have the same last bits either.
      const u = Math.max(placeOf[i]!, placeOf[j]!);
      const v = Math.min(placeOf[i]!, placeOf[j]!);
      // Rounding can lift a correlation above 1.
      const distance = u === v ? 0 : Math.max(0, 1 - correlations.values[u * correlations.columns + v]!);
      if (labels[j] === label) same[nextSame++] = distance;
      else different[nextDifferent++] = distance;
    }
  }
  sortNonNegative(same);
  sortNonNegative(different);
  return { same, different };
}

/** Doubles >= 0 are ordered as their bits are, and integers sort in half the time (measured at 2 million). */
function sortNonNegative(values: Float64Array): void {
  new BigInt64Array(values.buffer).sort();
}

/**
 * Spearman's correlation of P values with a flag: Pearson's correlation of average ranks with the flag, which needs only
 * the sum of the ranks of the flagged and the sizes of the ties.
 *
 * @param unflagged ascending, closed by an infinity
 * @param flagged   ascending, closed by an infinity
 * @throws RangeError if all values are equal
 */
function spearmanWithFlag(unflagged: Float64Array, flagged: Float64Array): number {
  const total = unflagged.length + flagged.length - 2;
  let rankSum = 0; // of the flagged, centred at the mean rank (P + 1) / 2
  let tieLoss = 0; // sum of t^3 - t
  let a = 0;
  let b = 0;
  while (a + b < total) {
    const before = a + b;
    const value = Math.min(unflagged[a]!, flagged[b]!);
    const firstFlagged = b;
    while (unflagged[a] === value) a++;
    while (flagged[b] === value) b++;
    const tied = a + b - before;
    rankSum += (b - firstFlagged) * (before + (tied + 1) / 2 - (total + 1) / 2);
    if (tied > 1) tieLoss += tied ** 3 - tied;
  }
  const rankVariation = (total ** 3 - total - tieLoss) / 12;
  if (!(rankVariation > 0)) {
    throw new RangeError(
      "parc: distances must differ, got the same for all pairs (at least two features must vary)",
    );
  }
  return rankSum / Math.sqrt((rankVariation * (unflagged.length - 1) * (flagged.length - 1)) / total);
}
