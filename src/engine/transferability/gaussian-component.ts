import { type DoubleMatrix, rowOf } from "../linalg/double-matrix.js";
import { dot } from "../linalg/vector.js";

/** log(2 pi) */
const LOG_TWO_PI = 1.837_877_066_409_345_3;

/** Dimensions beyond its rank after which a nearly flat component has told a far point from a near one. */
const MARGIN = 8;

/** One weighted Gaussian of a mixture over points of k dimensions. */
export interface GaussianComponent {
  readonly weight: number;
  /** Shape [k]. */
  readonly mean: Float64Array;
  /** Logarithm of the weighted density at the mean: its largest value. */
  readonly logPeak: number;
  /**
   * (x - mean)^T Sigma^-1 (x - mean) of one row of `points`.
   *
   * @param limit the caller treats every larger value alike, so the search may stop at any value above it
   */
  squaredDistance(points: DoubleMatrix, row: number, limit: number): number;
}

/** Sigma = variance I. */
export function sphericalComponent(weight: number, mean: Float64Array, variance: number): GaussianComponent {
  return {
    weight,
    mean,
    logPeak: Math.log(weight) - 0.5 * mean.length * (LOG_TWO_PI + Math.log(variance)),
    squaredDistance: ({ columns, values }, row) => {
      let sum = 0;
      for (let d = 0; d < columns; d++) sum += (values[row * columns + d]! - mean[d]!) ** 2;
      return sum / variance;
    },
  };
}

/**
 * Sigma = A^T A + regularisation I, A the scaled offsets of the points that own the component.
 *
 * @param offsets A, shape [m, k]
 * @throws RangeError if Sigma is not positive definite in float64
 */
export function fullComponent(
  weight: number,
  mean: Float64Array,
  offsets: DoubleMatrix,
  regularisation: number,
): GaussianComponent {
  return offsets.rows + MARGIN < mean.length
    ? lowRankComponent(weight, mean, offsets, regularisation)
    : denseComponent(weight, mean, offsets, regularisation);
}

/**
 * The plain form: Sigma = L L^T, and the distance is |y|^2 with L y = x - mean. y is found coordinate by coordinate,
 * so a far point is given up after a few of them. O(m k^2 + k^3) once, O(k^2) a point.
 */
export function denseComponent(
  weight: number,
  mean: Float64Array,
  offsets: DoubleMatrix,
  regularisation: number,
): GaussianComponent {
  const factor = factorPacked(leadingCovariance(offsets, mean.length, regularisation), mean.length);
  const y = new Float64Array(mean.length);
  return {
    weight,
    mean,
    logPeak: Math.log(weight) - 0.5 * mean.length * LOG_TWO_PI - logDiagonal(factor, mean.length),
    squaredDistance: (points, row, limit) => whitenedDistance(factor, points, row, mean, y, limit),
  };
}

/**
 * The same numbers where a component has far fewer points than dimensions, as in N-LEEP's mixtures of many components:
 * (A^T A + e I)^-1 = (I - A^T (A A^T + e I)^-1 A) / e, so everything is m x m (Woodbury).
 *
 * The distance within the first dimensions never exceeds the whole one: nearly every point is told off by it before
 * the m k products of the exact form are due. O(m^2 k + m^3) once, O(m^2) for a far point, O(m k) for a near one.
 */
export function lowRankComponent(
  weight: number,
  mean: Float64Array,
  offsets: DoubleMatrix,
  regularisation: number,
): GaussianComponent {
  const m = offsets.rows;
  const k = mean.length;
  const leading = Math.min(k, m + MARGIN);
  const leadingFactor = factorPacked(leadingCovariance(offsets, leading, regularisation), leading);
  const gramFactor = factorPacked(rowGram(offsets, regularisation), m);
  const y = new Float64Array(leading);
  const distance = new Float64Array(k);
  const explained = new Float64Array(m);
  return {
    weight,
    mean,
    logPeak:
      Math.log(weight) -
      0.5 * (k * LOG_TWO_PI + (k - m) * Math.log(regularisation)) -
      logDiagonal(gramFactor, m),
    squaredDistance(points, row, limit) {
      const bound = whitenedDistance(leadingFactor, points, row, mean, y, limit);
      if (bound > limit) return bound;
      const point = rowOf(points, row);
      for (let d = 0; d < k; d++) distance[d] = point[d]! - mean[d]!;
      for (let a = 0; a < m; a++) explained[a] = dot(rowOf(offsets, a), distance);
      solvePacked(gramFactor, explained);
      return Math.max(0, dot(distance, distance) - dot(explained, explained)) / regularisation;
    },
  };
}

/** Leading size x size block of A^T A + regularisation I; lower triangle packed by rows, size (size + 1) / 2 values. */
function leadingCovariance(offsets: DoubleMatrix, size: number, regularisation: number): Float64Array {
  const covariance = new Float64Array((size * (size + 1)) / 2);
  for (let a = 0; a < offsets.rows; a++) {
    const offset = rowOf(offsets, a);
    let at = 0;
    for (let r = 0; r < size; r++) {
      const value = offset[r]!;
      for (let c = 0; c <= r; c++) covariance[at++]! += value * offset[c]!;
    }
  }
  for (let r = 0, at = 0; r < size; r++, at += r + 1) covariance[at]! += regularisation;
  return covariance;
}

/** A A^T + regularisation I, packed. */
function rowGram(offsets: DoubleMatrix, regularisation: number): Float64Array {
  const gram = new Float64Array((offsets.rows * (offsets.rows + 1)) / 2);
  let at = 0;
  for (let r = 0; r < offsets.rows; r++) {
    for (let c = 0; c <= r; c++) gram[at++] = dot(rowOf(offsets, r), rowOf(offsets, c));
    gram[at - 1]! += regularisation;
  }
  return gram;
}

/** |L^-1 (x - mean)|^2 over the first y.length coordinates; stops at the first partial sum above the limit. */
function whitenedDistance(
  factor: Float64Array,
  points: DoubleMatrix,
  row: number,
  mean: Float64Array,
  y: Float64Array,
  limit: number,
): number {
  const { columns, values } = points;
  let at = 0;
  let total = 0;
  for (let r = 0; r < y.length; r++) {
    let value = values[row * columns + r]! - mean[r]!;
    for (let c = 0; c < r; c++) value -= factor[at++]! * y[c]!;
    value *= factor[at++]!;
    y[r] = value;
    total += value * value;
    if (total > limit) return total;
  }
  return total;
}

/** Overwrites b with L^-1 b. */
function solvePacked(factor: Float64Array, b: Float64Array): void {
  let at = 0;
  for (let r = 0; r < b.length; r++) {
    let value = b[r]!;
    for (let c = 0; c < r; c++) value -= factor[at++]! * b[c]!;
    b[r] = value * factor[at++]!;
  }
}

/**
 * Cholesky factor in place, packed by rows, with RECIPROCAL diagonal: a division per coordinate and point is saved.
 *
 * @throws RangeError if a pivot is not positive
 */
function factorPacked(a: Float64Array, size: number): Float64Array {
  let start = 0;
  for (let r = 0; r < size; r++) {
    let above = 0;
    for (let c = 0; c <= r; c++) {
      let sum = a[start + c]!;
      for (let j = 0; j < c; j++) sum -= a[start + j]! * a[above + j]!;
      if (c < r) {
        a[start + c] = sum * a[above + c]!;
      } else {
        if (!(sum > 0)) {
          throw new RangeError(
            `gaussianMixture: covariances must be positive definite in float64, got pivot ${sum} in dimension ${r}; scale the features to order 1`,
          );
        }
        a[start + r] = 1 / Math.sqrt(sum);
      }
      above += c + 1;
    }
    start += r + 1;
  }
  return a;
}

/** Half the log-determinant of L L^T. */
function logDiagonal(factor: Float64Array, size: number): number {
  let sum = 0;
  for (let r = 0, at = 0; r < size; r++, at += r + 1) sum -= Math.log(factor[at]!);
  return sum;
}
