import { doubleMatrix, type DoubleMatrix, rowOf } from "../linalg/double-matrix.js";
import { requireTwoClasses } from "./checked-input.js";
import { type FeatureStatistics, statisticsOf } from "./feature-statistics.js";
import type { MetricInput } from "./metric.js";

/** Smallest variance, as in the authors' code: a class of one sample has none. */
const VARIANCE_FLOOR = 1e-4;

/**
 * GBC: Gaussian Bhattacharyya coefficient, how much the classes overlap as Gaussians with diagonal covariances.
 *
 * Formula: -sum_{i != j} exp(-B_ij) over ordered pairs, B_ij = 1/8 (mu_i - mu_j)^T S^-1 (mu_i - mu_j)
 * + 1/2 log( |S| / sqrt(|S_i| |S_j|) ), S = (S_i + S_j)/2; variances 1/n, at least 1e-4.
 * Source: Pandy et al., CVPR 2022, the authors' diagonal form; no PCA before.
 *
 * @returns no unit, in [-P (P - 1), 0], larger (less overlap) is better
 * @throws RangeError if fewer than 2 classes have samples, a label is out of range, or a value is not finite
 *
 * Cost: O(N D + P^2 D).
 */
export async function gbcDiagonal(input: MetricInput): Promise<number> {
  return overlap("gbcDiagonal", input, (variances) => variances);
}

/**
 * GBC with one variance per class, the mean over its dimensions (each not below 1e-4).
 *
 * Variant: exact, with the factor D in the log-determinant that the authors' spherical code forgets.
 */
export async function gbcSpherical(input: MetricInput): Promise<number> {
  return overlap("gbcSpherical", input, (variances) => {
    const spherical = doubleMatrix(variances.rows, variances.columns);
    for (let p = 0; p < variances.rows; p++) {
      const row = rowOf(variances, p);
      rowOf(spherical, p).fill(row.reduce((sum, value) => sum + value, 0) / row.length);
    }
    return spherical;
  });
}

function overlap(who: string, input: MetricInput, shape: (variances: DoubleMatrix) => DoubleMatrix): number {
  const statistics = statisticsOf(who, input);
  requireTwoClasses(who, statistics.presentClasses);
  const variances = shape(classVariances(statistics));
  let sum = 0;
  for (let i = 0; i < variances.rows; i++) {
    for (let j = 0; j < i; j++) {
      sum += Math.exp(
        -bhattacharyyaDistance(
          rowOf(statistics.centredClassMeans, i),
          rowOf(statistics.centredClassMeans, j),
          rowOf(variances, i),
          rowOf(variances, j),
        ),
      );
    }
  }
  return 0 - 2 * sum; // not -0
}

/** Variance (1/n) of each feature within each present class, not below the floor, shape [P, D]. */
function classVariances(statistics: FeatureStatistics): DoubleMatrix {
  const { centred, centredClassMeans, classOf, counts } = statistics;
  const variances = doubleMatrix(counts.length, centred.columns);
  for (let i = 0; i < centred.rows; i++) {
    const p = classOf[i]!;
    const row = rowOf(centred, i);
    const mean = rowOf(centredClassMeans, p);
    const sum = rowOf(variances, p);
    for (let d = 0; d < row.length; d++) sum[d]! += (row[d]! - mean[d]!) ** 2 / counts[p]!;
  }
  for (let i = 0; i < variances.values.length; i++) {
    variances.values[i] = Math.max(variances.values[i]!, VARIANCE_FLOOR);
  }
  return variances;
}

/** Far enough from the largest float64 that the ratio of two variances of float32 features, at most 1e81, still fits. */
const LARGE_PRODUCT = 1e100;

/** Between two Gaussians with the diagonal covariances a and b. */
function bhattacharyyaDistance(
  meanA: Float64Array,
  meanB: Float64Array,
  a: Float64Array,
  b: Float64Array,
): number {
  let mahalanobis = 0;
  let logRatio = 0; // log( S^2 / (a b) ), summed
  let product = 1; // of ratios >= 1 whose logarithm is not taken yet: one logarithm serves many dimensions
  for (let d = 0; d < a.length; d++) {
    const average = (a[d]! + b[d]!) / 2;
    mahalanobis += (meanA[d]! - meanB[d]!) ** 2 / average;
    product *= (average / a[d]!) * (average / b[d]!);
    if (product > LARGE_PRODUCT) {
      logRatio += Math.log(product);
      product = 1;
    }
  }
  return mahalanobis / 8 + (logRatio + Math.log(product)) / 4;
}
