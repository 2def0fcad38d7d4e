import { choleskySkipping } from "../linalg/cholesky.js";
import { doubleMatrix, type DoubleMatrix, rowOf, transposed } from "../linalg/double-matrix.js";
import { orthonormalBasis } from "../linalg/orthonormal-basis.js";
import { solveCholesky } from "../linalg/triangular-solve.js";
import { dot } from "../linalg/vector.js";
import { multiply, multiplyTransposedLeft } from "../runtime/mat-mul.js";
import { requireTwoClasses } from "./checked-input.js";
import { type FeatureStatistics, statisticsOf } from "./feature-statistics.js";
import type { MetricInput } from "./metric.js";

/** Singular values of the centred features at or below this share of the largest are rounding. */
const RELATIVE_CUT = 1e-10;
/** A Cholesky pivot above this share of the largest is far above its rounding, and its direction far above the cut. */
const CLEAR_PIVOT = 1e-12;

/**
 * H-score: how much of the features' variance, whitened, the class means explain.
 *
 * Formula: tr( cov(F)^+ cov(E[F | y]) ) = sum_c n_c |mean_c(U)|^2, U the left singular vectors of the centred features.
 * Source: Bao et al., ICIP 2019. Variant: rank by a relative cut of 1e-10 on the singular values, where public code
 * inverts rounding noise. With N <= D and no repeated rows it is always P - 1, P classes with samples.
 *
 * Letters: N samples, D feature dimensions, P classes that have samples.
 *
 * @returns no unit, in [0, min(rank, P - 1)], larger is better
 * @throws RangeError if fewer than 2 classes have samples, a label is out of range, or a value is not finite
 *
 * Cost: O(N D min(N, D)).
 */
export async function hScore(input: MetricInput): Promise<number> {
  const statistics = statisticsOf("hScore", input);
  requireTwoClasses("hScore", statistics.presentClasses);
  if (statistics.isTall) return byLeastSquares(statistics);
  return byLeftNullSpace(statistics);
}

/**
 * N >= D: explained energy of the class indicators y_c / sqrt(n_c), max_w 2 y.Xw - |Xw|^2, an error of w entering
 * squared.
 *
 * The normal equations give w for the clearly independent features; what the few others add to them is orthogonalised
 * one by one, because the Gram matrix cannot tell a small singular value from none.
 */
async function byLeastSquares(statistics: FeatureStatistics): Promise<number> {
  const { centred, counts, classOf, samples } = statistics;
  const gram = await statistics.centredGram();
  const largest = largestDiagonal(gram);
  const { l, skipped } = await choleskySkipping(gram, CLEAR_PIVOT * largest);
  const indicators = doubleMatrix(samples, counts.length);
  classOf.forEach((p, i) => (rowOf(indicators, i)[p] = 1 / Math.sqrt(counts[p]!)));
  const { fitted } = await leastSquares(l, centred, indicators);
  const score = 2 * dot(indicators.values, fitted.values) - dot(fitted.values, fitted.values);
  if (skipped.length === 0) return score;
  const rest = await restOf(l, centred, columnsOf(centred, skipped));
  return (
    score + explainedBy(orthonormalBasis(transposed(rest), RELATIVE_CUT * Math.sqrt(largest)), statistics)
  );
}

/**
 * N < D: the features span everything but the constant, P - 1 in all, less the combinations of samples that vanish:
 * a sample that depends on those before it, less its weights on them.
 */
async function byLeftNullSpace(statistics: FeatureStatistics): Promise<number> {
  const { centred, counts, samples, dimensions } = statistics;
  const gram = await statistics.centredGram();
  const largest = largestDiagonal(gram);
  if (largest === 0) return 0;
  // One more feature, constant and as large as the others, keeps the constant out of the null space.
  const constant = Math.sqrt(largest / samples);
  const filled = doubleMatrix(
    samples,
    samples,
    gram.values.map((value) => value + constant * constant),
  );
  const { l, skipped } = await choleskySkipping(filled, CLEAR_PIVOT * largest);
  if (skipped.length === 0) return counts.length - 1;

  const bySample = doubleMatrix(dimensions + 1, samples); // [D + 1, N]
  bySample.values.set(transposed(centred).values);
  rowOf(bySample, dimensions).fill(constant);
  const dependent = columnsOf(bySample, skipped);
  const rest = await restOf(l, bySample, dependent);
  const left = orthonormalBasis(transposed(rest), RELATIVE_CUT * Math.sqrt(largest)).rows;
  if (left === skipped.length) return counts.length - 1; // small, but above the cut
  if (left > 0) return hScoreByBasis(statistics);
  const { weights } = await leastSquares(l, bySample, dependent); // [N, dependent]
  const vanishing = transposed(weights);
  skipped.forEach((i, k) => (rowOf(vanishing, k)[i] = -1));
  return counts.length - 1 - explainedBy(orthonormalBasis(vanishing, 0), statistics);
}

/**
 * Least squares weights [D, k] of targets [N, k] and what they fit, given the Cholesky factor of X^T X; refined once,
 * because the Gram matrix squares the condition.
 */
async function leastSquares(
  l: DoubleMatrix,
  features: DoubleMatrix,
  targets: DoubleMatrix,
): Promise<{ weights: DoubleMatrix; fitted: DoubleMatrix }> {
  const weights = await solveCholesky(l, await multiplyTransposedLeft(features, targets));
  const residual = minus(targets, await multiply(features, weights));
  const correction = await solveCholesky(l, await multiplyTransposedLeft(features, residual));
  for (let i = 0; i < weights.values.length; i++) weights.values[i]! += correction.values[i]!;
  return { weights, fitted: await multiply(features, weights) };
}

/** What the features leave of the targets; twice, so that rounding leaves nothing of the features in it. */
async function restOf(l: DoubleMatrix, features: DoubleMatrix, targets: DoubleMatrix): Promise<DoubleMatrix> {
  const once = minus(targets, (await leastSquares(l, features, targets)).fitted);
  return minus(once, (await leastSquares(l, features, once)).fitted);
}

/** The definition, with the column space by pivoted Gram-Schmidt: slower, and right for any rank. */
export function hScoreByBasis(statistics: FeatureStatistics): number {
  const columns = transposed(statistics.centred); // [D, N]
  let longest = 0;
  for (let d = 0; d < columns.rows; d++)
    longest = Math.max(longest, dot(rowOf(columns, d), rowOf(columns, d)));
  return explainedBy(orthonormalBasis(columns, RELATIVE_CUT * Math.sqrt(longest)), statistics);
}

/** sum_c n_c |mean_c|^2 over the rows of an orthonormal basis [k, N]. */
function explainedBy(basis: DoubleMatrix, { counts, classOf }: FeatureStatistics): number {
  let score = 0;
  for (let k = 0; k < basis.rows; k++) {
    const sums = new Float64Array(counts.length);
    rowOf(basis, k).forEach((value, i) => (sums[classOf[i]!]! += value));
    sums.forEach((sum, p) => (score += (sum * sum) / counts[p]!));
  }
  return score;
}

function largestDiagonal(gram: DoubleMatrix): number {
  let largest = 0;
  for (let i = 0; i < gram.rows; i++) largest = Math.max(largest, gram.values[i * gram.rows + i]!);
  return largest;
}

function minus(a: DoubleMatrix, b: DoubleMatrix): DoubleMatrix {
  return doubleMatrix(
    a.rows,
    a.columns,
    a.values.map((value, i) => value - b.values[i]!),
  );
}

function columnsOf(matrix: DoubleMatrix, columns: readonly number[]): DoubleMatrix {
  const chosen = doubleMatrix(matrix.rows, columns.length);
  for (let r = 0; r < matrix.rows; r++) {
    columns.forEach(
      (c, k) => (chosen.values[r * columns.length + k] = matrix.values[r * matrix.columns + c]!),
    );
  }
  return chosen;
}
