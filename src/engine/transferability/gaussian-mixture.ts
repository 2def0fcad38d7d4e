import { doubleMatrix, type DoubleMatrix, rowOf } from "../linalg/double-matrix.js";
import { addScaled } from "../linalg/vector.js";
import { fullComponent, type GaussianComponent, sphericalComponent } from "./gaussian-component.js";

export type CovarianceType = "full" | "spherical";

export interface MixtureOptions {
  readonly covarianceType: CovarianceType;
  /** Added to every variance, in squared feature units: a component of fewer points than dimensions stays a density. */
  readonly regularisation: number;
  /** EM has converged when the mean log-likelihood changes by less than this. */
  readonly tolerance: number;
  readonly maximumIterations: number;
}

export interface GaussianMixture {
  readonly components: readonly GaussianComponent[];
  /** Shape [N, K], rows sum to 1: the probability that a point comes from a component. */
  readonly posterior: DoubleMatrix;
  readonly iterations: number;
  readonly converged: boolean;
  /** Mean log-likelihood at the last expectation step inside the loop. */
  readonly lowerBound: number;
}

/** exp of less than this is 0 in float64 (the smallest double is exp(-744.44)). */
const LOG_OF_ZERO = -746;

/** Keeps the mean of a component that owns no point defined; ten float64 epsilons, as in scikit-learn. */
const SMALLEST_MASS = 10 * Number.EPSILON;

/**
 * Maximum likelihood mixture of Gaussians by expectation maximisation from given components.
 *
 * The posterior is that of one more expectation step with the final components.
 * Agrees with: scikit-learn 1.2.1 GaussianMixture with given weights, means and precisions (refs/nleep).
 * Letters: N points, k dimensions, K components.
 *
 * @param points shape [N, k], finite
 * @throws RangeError if a covariance is not positive definite in float64 (features of extreme scale)
 *
 * Cost per iteration: at most O(N K k^2), usually far less, because a component is given up for a point as soon as
 * its share is certain to be 0 in float64, and points without share are left out of a component's covariance.
 */
export function fitGaussianMixture(
  points: DoubleMatrix,
  start: readonly GaussianComponent[],
  options: MixtureOptions,
): GaussianMixture {
  const posterior = doubleMatrix(points.rows, start.length);
  let components = start;
  let lowerBound = -Infinity;
  for (let iteration = 1; iteration <= options.maximumIterations; iteration++) {
    const before = lowerBound;
    lowerBound = expect(points, components, posterior);
    components = maximise(points, posterior, options);
    if (Math.abs(lowerBound - before) < options.tolerance || iteration === options.maximumIterations) {
      expect(points, components, posterior);
      const converged = Math.abs(lowerBound - before) < options.tolerance;
      return { components, posterior, iterations: iteration, converged, lowerBound };
    }
  }
  throw new RangeError(
    `gaussianMixture: maximumIterations must be >= 1, got ${String(options.maximumIterations)}`,
  );
}

/**
 * Expectation: overwrites the posterior with that of the components.
 *
 * A point is first measured against the component that it belonged to most, which is nearly always its best again;
 * what lies 746 below that contributes an exact 0 to the sum and is not measured to the end.
 *
 * @returns the mean log-likelihood
 */
function expect(
  points: DoubleMatrix,
  components: readonly GaussianComponent[],
  posterior: DoubleMatrix,
): number {
  const best = new Float64Array(points.rows);
  for (let i = 0; i < points.rows; i++) {
    const home = indexOfLargest(rowOf(posterior, i));
    best[i] = logDensity(components[home]!, points, i, -Infinity);
  }
  components.forEach((component, k) => {
    for (let i = 0; i < points.rows; i++) {
      const value = logDensity(component, points, i, best[i]! + LOG_OF_ZERO);
      posterior.values[i * components.length + k] = value;
      if (value > best[i]!) best[i] = value;
    }
  });

  let total = 0;
  for (let i = 0; i < points.rows; i++) {
    const row = rowOf(posterior, i);
    const largest = best[i]!;
    let sum = 0;
    for (let k = 0; k < row.length; k++) {
      const share = Math.exp(row[k]! - largest);
      row[k] = share;
      sum += share;
    }
    for (let k = 0; k < row.length; k++) row[k]! /= sum;
    total += largest + Math.log(sum);
  }
  return total / points.rows;
}

/** Log of the weighted density, or any value below `floor` once it is certain to be below. */
function logDensity(component: GaussianComponent, points: DoubleMatrix, row: number, floor: number): number {
  return component.logPeak - 0.5 * component.squaredDistance(points, row, 2 * (component.logPeak - floor));
}

/** Maximisation: the components whose weights, means and covariances the posterior implies. */
export function maximise(
  points: DoubleMatrix,
  posterior: DoubleMatrix,
  { covarianceType, regularisation }: MixtureOptions,
): GaussianComponent[] {
  const masses = new Float64Array(posterior.columns).fill(SMALLEST_MASS);
  const members: number[][] = Array.from(masses, () => []);
  for (let i = 0; i < points.rows; i++) {
    rowOf(posterior, i).forEach((share, k) => {
      if (share === 0) return;
      members[k]!.push(i);
      masses[k]! += share;
    });
  }
  const allMass = masses.reduce((a, b) => a + b);
  return members.map((rows, k) => {
    const shares = Float64Array.from(rows, (i) => posterior.values[i * posterior.columns + k]! / masses[k]!);
    const mean = new Float64Array(points.columns);
    rows.forEach((i, m) => addScaled(mean, shares[m]!, rowOf(points, i)));
    const weight = masses[k]! / allMass;
    return covarianceType === "full"
      ? fullComponent(weight, mean, scaledOffsets(points, rows, shares, mean), regularisation)
      : sphericalComponent(weight, mean, meanVariance(points, rows, shares, mean) + regularisation);
  });
}

/** Row m is sqrt(share_m) (x_m - mean): the covariance is the sum of the rows' outer products. */
function scaledOffsets(
  points: DoubleMatrix,
  rows: readonly number[],
  shares: Float64Array,
  mean: Float64Array,
): DoubleMatrix {
  const offsets = doubleMatrix(rows.length, mean.length);
  rows.forEach((from, m) => {
    const root = Math.sqrt(shares[m]!);
    for (let d = 0; d < mean.length; d++) {
      offsets.values[m * mean.length + d] = root * (points.values[from * mean.length + d]! - mean[d]!);
    }
  });
  return offsets;
}

/** Mean over dimensions of the weighted variance. */
function meanVariance(
  points: DoubleMatrix,
  rows: readonly number[],
  shares: Float64Array,
  mean: Float64Array,
): number {
  let sum = 0;
  rows.forEach((row, m) => {
    let square = 0;
    for (let d = 0; d < mean.length; d++) square += (points.values[row * mean.length + d]! - mean[d]!) ** 2;
    sum += shares[m]! * square;
  });
  return sum / mean.length;
}

function indexOfLargest(row: Float64Array): number {
  let best = 0;
  for (let k = 1; k < row.length; k++) if (row[k]! > row[best]!) best = k;
  return best;
}
