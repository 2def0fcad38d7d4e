import { cholesky } from "../linalg/cholesky.js";
import { doubleMatrix, type DoubleMatrix, rowOf, transposed } from "../linalg/double-matrix.js";
import { solveCholesky } from "../linalg/triangular-solve.js";
import { addScaled, dot, logSumExp } from "../linalg/vector.js";
import { multiply } from "../runtime/mat-mul.js";
import { requireTwoClasses } from "./checked-input.js";
import { classMeansOf, scatterWithinClasses, statisticsOf } from "./feature-statistics.js";
import type { MetricInput } from "./metric.js";
import { perInput } from "./per-input.js";

/** Double power steps for the largest eigenvalue of the within-class covariance, as published: an estimate only. */
const POWER_STEPS = 3;
const SHARPNESS = 5;
const LEAST_SHRINKAGE = 1e-10;

/**
 * SFDA: mean probability of the true class under a regularised Fisher discriminant, after the classes were pulled
 * towards each other where the discriminant is unsure (ConfMix).
 *
 * Formula: S_w = within-class covariance (1/N), a = max(exp(-5 lambda), 1e-10) with lambda its largest eigenvalue
 * by 3 double power steps from the row sums, R = (1 - a) S_w + a tr(S_w)/D I; logits x.R^-1 mu_c - mu_c.R^-1 mu_c / 2
 * + log(n_c/N), p = softmax. ConfMix: x <- q x + (1 - q) (mean of the other class means), q the softmax of p (softened
 * twice, as published) at the true class; the discriminant is fitted again with the same a.
 * Source: Shao et al., ECCV 2022; agrees with TencentARC/SFDA metrics.py. Variant: a linear solve, not the generalised
 * eigenproblem (V V^T = R^-1).
 *
 * @returns a probability, larger is better; a depends on the features' scale
 * @throws RangeError if fewer than 2 classes have samples, no feature varies within a class, a label is out of range,
 *   or a value is not finite
 *
 * Cost: O(N D^2 + D^3), O(N D + D^2) memory, twice.
 */
export async function sfda(input: MetricInput): Promise<number> {
  const { probabilities, shrinkage } = await firstStage("sfda", input);
  const { centred, classOf, counts, centredClassMeans } = statisticsOf("sfda", input);
  const mixed = doubleMatrix(centred.rows, centred.columns, centred.values.slice());
  const others = otherClassMeans(centredClassMeans);
  for (let i = 0; i < mixed.rows; i++) {
    const p = classOf[i]!;
    const row = rowOf(probabilities, i);
    const confidence = Math.exp(row[p]! - logSumExp(row));
    const sample = rowOf(mixed, i);
    const other = rowOf(others, p);
    for (let d = 0; d < sample.length; d++)
      sample[d] = confidence * sample[d]! + (1 - confidence) * other[d]!;
  }
  const means = classMeansOf(mixed, classOf, counts);
  const scatter = await scatterWithinClasses(mixed, classOf, means);
  return trueClassMean(await discriminant("sfda", mixed, means, counts, scatter, shrinkage), classOf);
}

/** SFDA's first discriminant alone, without ConfMix: the intended classification part of ETran. */
export async function sfdaFirstStage(input: MetricInput): Promise<number> {
  const { probabilities } = await firstStage("sfdaFirstStage", input);
  return trueClassMean(probabilities, statisticsOf("sfdaFirstStage", input).classOf);
}

const firstStage = perInput(async (who, input) => {
  const statistics = statisticsOf(who, input);
  requireTwoClasses(who, statistics.presentClasses);
  const { centred, centredClassMeans, counts, samples } = statistics;
  const scatter = await statistics.withinScatter();
  const lambda = largestEigenvalue(scatter) / samples;
  const shrinkage = Math.max(Math.exp(-SHARPNESS * lambda), LEAST_SHRINKAGE);
  // Shifting the origin to the mean adds the same to every logit of a sample.
  const probabilities = await discriminant(who, centred, centredClassMeans, counts, scatter, shrinkage);
  return { probabilities, shrinkage };
});

/** Class probabilities [N, P] of a linear discriminant with the given within-class scatter [D, D]. */
async function discriminant(
  who: string,
  features: DoubleMatrix,
  means: DoubleMatrix,
  counts: readonly number[],
  scatter: DoubleMatrix,
  shrinkage: number,
): Promise<DoubleMatrix> {
  const { rows: samples, columns: dimensions } = features;
  let trace = 0;
  for (let d = 0; d < dimensions; d++) trace += scatter.values[d * dimensions + d]! / samples;
  if (!(trace > 0)) throw new RangeError(`${who}: at least one feature must vary within a class, none does`);
  const regularised = doubleMatrix(
    dimensions,
    dimensions,
    scatter.values.map((value) => ((1 - shrinkage) * value) / samples),
  );
  for (let d = 0; d < dimensions; d++) {
    regularised.values[d * dimensions + d]! += (shrinkage * trace) / dimensions;
  }
  const l = await cholesky(regularised);
  if (l === null) throw new RangeError(`${who}: the regularised covariance must be positive definite`);
  const weights = await solveCholesky(l, transposed(means)); // [D, P]
  const logits = await multiply(features, weights); // [N, D] x [D, P] -> [N, P]
  const byClass = transposed(weights);
  const bias = counts.map(
    (count, p) => Math.log(count / samples) - dot(rowOf(byClass, p), rowOf(means, p)) / 2,
  );
  for (let i = 0; i < samples; i++) {
    const row = rowOf(logits, i);
    for (let p = 0; p < row.length; p++) row[p]! += bias[p]!;
    const normaliser = logSumExp(row);
    for (let p = 0; p < row.length; p++) row[p] = Math.exp(row[p]! - normaliser);
  }
  return logits;
}

/** The published estimate: x^T A y after three double power steps, y the half step before x. */
function largestEigenvalue(a: DoubleMatrix): number {
  let x = Float64Array.from({ length: a.rows }, (_, r) => rowOf(a, r).reduce((sum, value) => sum + value, 0));
  let y = x;
  for (let step = 0; step < POWER_STEPS; step++) {
    y = powerStep(a, x);
    x = powerStep(a, y);
  }
  return dot(x, product(a, y)) / dot(x, x);
}

function powerStep(a: DoubleMatrix, x: Float64Array): Float64Array<ArrayBuffer> {
  const y = product(a, x);
  const largest = y.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (largest === 0) return y;
  const scaled = y.map((value) => value / largest); // squares of features near float32's limits leave float64
  const length = Math.sqrt(dot(scaled, scaled));
  return scaled.map((value) => value / length);
}

function product(a: DoubleMatrix, x: Float64Array): Float64Array<ArrayBuffer> {
  return Float64Array.from({ length: a.rows }, (_, r) => dot(rowOf(a, r), x));
}

/** For each class the unweighted mean of the other classes' means, shape [P, D]. */
function otherClassMeans(means: DoubleMatrix): DoubleMatrix {
  const others = doubleMatrix(means.rows, means.columns);
  for (let p = 0; p < means.rows; p++) {
    for (let q = 0; q < means.rows; q++) {
      if (q !== p) addScaled(rowOf(others, p), 1 / (means.rows - 1), rowOf(means, q));
    }
  }
  return others;
}

function trueClassMean(probabilities: DoubleMatrix, classOf: Int32Array): number {
  let sum = 0;
  classOf.forEach((p, i) => (sum += rowOf(probabilities, i)[p]!));
  return sum / classOf.length;
}
