import { doubleMatrix, type DoubleMatrix } from "../linalg/double-matrix.js";
import { leadingScores } from "../linalg/principal-components.js";
import { requireLabels } from "./checked-input.js";
import type { GaussianComponent } from "./gaussian-component.js";
import { fitGaussianMixture, maximise, type MixtureOptions } from "./gaussian-mixture.js";
import { kMeans } from "./k-means.js";
import { leepScore } from "./leep.js";
import type { MetricInput } from "./metric.js";
import { principalComponentsOf } from "./principal-components-of.js";

/** Share of the variance that the principal components keep. */
const VARIANCE_KEPT = 0.8;

/** scikit-learn's defaults for GaussianMixture, which the public versions use. */
const MIXTURE: MixtureOptions = {
  covarianceType: "full",
  regularisation: 1e-6,
  tolerance: 1e-3,
  maximumIterations: 100,
};

/**
 * N-LEEP: LEEP with the components of a Gaussian mixture of the features in place of source classes.
 *
 * Formula: PCA to more than 80 % of the variance, K Gaussians with full covariance by EM from a seeded k-means,
 *   theta = posterior, LEEP. K = max(min(C, N / 5), N / 10), rounded down, at least 1.
 * Source: Li, Jia, Sang, Zhu, Green, Wang, Gong, CVPR 2021 (K = 5 C there). Variant: K of Model-Spider and pactran.
 * Agrees with: the deterministic parts (PCA, EM from given components, LEEP) with refs/nleep; the rest of the value
 *   depends on the seed, in the public versions with a standard deviation of up to 0.06. Optimistic for small N / K.
 *
 * Letters: N samples, D features, C classes, k principal components.
 *
 * @param seed an integer; the same seed always gives the same value
 * @returns nats, in [-log C, 0], larger is better
 * @throws RangeError if N < 2, a label is out of range, a feature is not finite, no feature varies, or the features are
 *   so large that a covariance is not positive definite beside the regularisation of 1e-6
 *
 * Cost: PCA, then O(N K k^2) an iteration at most.
 */
export async function nLeep(input: MetricInput, seed = 0): Promise<number> {
  const scores = leadingScores(await principalComponentsOf("nLeep", input), VARIANCE_KEPT);

  const samples = scores.rows;
  const componentCount = Math.max(
    1,
    Math.min(input.classCount, Math.floor(samples / 5)),
    Math.floor(samples / 10),
  );
  const clusters = await kMeans(scores, componentCount, seed);
  const hardPosterior = doubleMatrix(samples, componentCount);
  clusters.forEach((k, i) => (hardPosterior.values[i * componentCount + k] = 1));

  const start = maximise(scores, hardPosterior, MIXTURE);
  return nLeepGivenStart(scores, start, MIXTURE, input.labels, input.classCount);
}

/**
 * The part of N-LEEP that no seed decides: EM from given components, then LEEP on the posterior.
 *
 * Agrees with: refs/nleep `nleepGivenInit`.
 *
 * @param points shape [N, k], finite: principal components of the features
 * @param start  K components
 * @param labels shape [N], integers in [0, classCount)
 * @throws RangeError if a label does not fit, or as fitGaussianMixture
 */
export function nLeepGivenStart(
  points: DoubleMatrix,
  start: readonly GaussianComponent[],
  options: MixtureOptions,
  labels: Int32Array,
  classCount: number,
): number {
  requireLabels("nLeep", labels, classCount, points.rows);
  const { posterior } = fitGaussianMixture(points, start, options);
  return leepScore(posterior.values, start.length, labels, classCount);
}
