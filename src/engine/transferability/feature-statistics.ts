import { doubleMatrix, type DoubleMatrix, rowOf, widen } from "../linalg/double-matrix.js";
import { addScaled } from "../linalg/vector.js";
import { multiplyTransposedLeft, multiplyTransposedRight } from "../runtime/mat-mul.js";
import { requireSamples } from "./checked-input.js";
import type { MetricInput } from "./metric.js";
import { perInput } from "./per-input.js";

/**
 * What several metrics of one (PTM, task) pair need, each computed at its first use and then kept: the centred
 * features, the class means and the Gram matrices are most of the cost of a metric, and the same for all of them.
 *
 * Letters: N samples, D feature dimensions, C classes, P classes that occur among the labels.
 */
export class FeatureStatistics {
  /** N. */
  readonly samples: number;
  /** D. */
  readonly dimensions: number;
  /** Labels that occur, ascending; length P. A class without samples has no mean and takes part in nothing. */
  readonly presentClasses: readonly number[];
  /** Samples of each present class, length P. */
  readonly counts: readonly number[];
  /** Place of each sample's class in `presentClasses`, length N. */
  readonly classOf: Int32Array;
  /** Mean of every feature, shape [D]. */
  readonly mean: Float64Array;
  /** Features minus their mean, shape [N, D]. */
  readonly centred: DoubleMatrix;
  /** Class means minus the overall mean, shape [P, D]. */
  readonly centredClassMeans: DoubleMatrix;

  #centredGram: Promise<DoubleMatrix> | undefined;
  #withinScatter: Promise<DoubleMatrix> | undefined;

  constructor(input: MetricInput) {
    this.samples = input.features.rows;
    this.dimensions = input.features.columns;
    const present = new Set(input.labels);
    this.presentClasses = Array.from(present).sort((a, b) => a - b);
    const place = new Map(this.presentClasses.map((label, p) => [label, p]));
    this.classOf = input.labels.map((label) => place.get(label)!);
    const counts = this.presentClasses.map(() => 0);
    for (const p of this.classOf) counts[p]!++;
    this.counts = counts;
    this.centred = widen(input.features);
    this.mean = subtractMean(this.centred);
    this.centredClassMeans = classMeansOf(this.centred, this.classOf, this.counts);
  }

  /** True where D <= N: the Gram matrix is then taken over features, else over samples. */
  get isTall(): boolean {
    return this.dimensions <= this.samples;
  }

  /** Gram matrix of the centred features on the smaller side: X^T X [D, D] if D <= N, else X X^T [N, N]. */
  centredGram(): Promise<DoubleMatrix> {
    this.#centredGram ??= this.isTall
      ? multiplyTransposedLeft(this.centred, this.centred)
      : multiplyTransposedRight(this.centred, this.centred);
    return this.#centredGram;
  }

  /** Sum over samples of (x - class mean)(x - class mean)^T, shape [D, D]. */
  withinScatter(): Promise<DoubleMatrix> {
    this.#withinScatter ??= scatterWithinClasses(this.centred, this.classOf, this.centredClassMeans);
    return this.#withinScatter;
  }
}

/**
 * The statistics of an input, shared by every metric that asks with the same object.
 *
 * @throws RangeError if N < 2, a label is out of range, or a feature is not finite
 */
export const statisticsOf = perInput((who, input) => {
  requireSamples(who, input);
  return new FeatureStatistics(input);
});

/** Mean row of each class: shape [P, D] from features [N, D] and each sample's class. */
export function classMeansOf(
  features: DoubleMatrix,
  classOf: Int32Array,
  counts: readonly number[],
): DoubleMatrix {
  const means = doubleMatrix(counts.length, features.columns);
  for (let i = 0; i < features.rows; i++) addScaled(rowOf(means, classOf[i]!), 1, rowOf(features, i));
  // Divided after the sum: a constant feature then has exactly its own value as mean.
  counts.forEach((count, p) => divide(rowOf(means, p), count));
  return means;
}

/** Scatter of the rows around their class means: shape [D, D] from features [N, D] and class means [P, D]. */
export function scatterWithinClasses(
  features: DoubleMatrix,
  classOf: Int32Array,
  classMeans: DoubleMatrix,
): Promise<DoubleMatrix> {
  const residual = doubleMatrix(features.rows, features.columns, features.values.slice());
  for (let i = 0; i < features.rows; i++) addScaled(rowOf(residual, i), -1, rowOf(classMeans, classOf[i]!));
  return multiplyTransposedLeft(residual, residual);
}

/** Subtracts the mean of every column in place and returns the means. */
function subtractMean(matrix: DoubleMatrix): Float64Array {
  const mean = rowOf(classMeansOf(matrix, new Int32Array(matrix.rows), [matrix.rows]), 0);
  for (let r = 0; r < matrix.rows; r++) addScaled(rowOf(matrix, r), -1, mean);
  return mean;
}

function divide(row: Float64Array, divisor: number): void {
  for (let i = 0; i < row.length; i++) row[i]! /= divisor;
}
