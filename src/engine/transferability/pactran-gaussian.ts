import { rowOf } from "../linalg/double-matrix.js";
import { dot } from "../linalg/vector.js";
import { requireTwoClasses } from "./checked-input.js";
import { type FeatureStatistics, statisticsOf } from "./feature-statistics.js";
import type { MetricInput } from "./metric.js";
import { principalComponentsOf } from "./principal-components-of.js";
import { fitSoftmaxRegression, type SoftmaxRegression } from "./softmax-regression.js";

export interface PactranGaussianOptions {
  /** Variance of the prior times N: 10, 1 and 0.1 in the published code. No unit, > 0. */
  readonly lambda?: number;
  /** Weight of the flatness term ("s2" in the published code, which pairs lambda 10, 1, 0.1 with 100, 10, 1 and tenfold). */
  readonly flatness?: number;
}

/**
 * PACTran with a Gaussian prior: a PAC-Bayes bound on the loss of a linear classifier on the features, NEGATED.
 *
 * Formula: -[ L + flatness C / (2 lambda N) log( lambda N sum(h) / (D C) ) ], L the minimum that pactranGaussianOptimum
 *   negates, sum(h) = D C / (lambda N) + sum_i (|x_i|^2 + 1) sum_y p_iy (1 - p_iy), p the probabilities at the minimum.
 * Source: Ding, Chen, Levinboim, Changpinyo, Soricut, ECCV 2022. Variant: the published code's bound at the converged
 *   minimum (that code stops after 100 steps from a random start); smaller is better there, this is the negative.
 * Agrees with: refs/metrics `pactranGauss<flatness>.lda<lambda>`, sign turned.
 *
 * Letters: N samples, D features, C classes that have samples: an absent class would only send its bias to minus infinity.
 *
 * @returns larger is better
 * @throws RangeError if N < 2, a label is out of range, a feature is not finite, no feature varies, fewer than two
 *   classes have samples, or an option is not positive
 *
 * Cost: an eigendecomposition on the smaller side of [N, D], shared with N-LEEP, and about 50 to 300 products of
 *   2 N min(N, D) C multiplications.
 */
export async function pactranGaussian(
  input: MetricInput,
  options: PactranGaussianOptions = {},
): Promise<number> {
  const who = "pactranGaussian";
  const { lambda = 1, flatness = 10 } = options;
  if (!(flatness > 0)) throw new RangeError(`${who}: flatness must be > 0, got ${flatness}`);
  const statistics = statisticsOf(who, input);
  const { loss, probabilities } = await regression(who, input, lambda);

  const classes = probabilities.columns;
  const priorVariance = lambda * statistics.samples;
  const weights = statistics.dimensions * classes;
  const curvature = weights / priorVariance + likelihoodCurvature(statistics, probabilities.values, classes);
  return (
    -loss - ((flatness * classes) / (2 * priorVariance)) * Math.log((priorVariance * curvature) / weights)
  );
}

/**
 * The part of the bound that needs no curvature, NEGATED: minus the minimum over weights and biases of
 * mean cross-entropy + |W|^2 / (2 lambda N), on centred features, biases without penalty.
 *
 * Source, letters and errors: as pactranGaussian. Agrees with: refs/metrics `pactranGaussOpt.lda<lambda>`, sign turned.
 *
 * @param lambda variance of the prior times N, > 0
 * @returns nats, <= 0, larger is better
 */
export async function pactranGaussianOptimum(input: MetricInput, lambda = 1): Promise<number> {
  return -(await regression("pactranGaussianOptimum", input, lambda)).loss;
}

async function regression(who: string, input: MetricInput, lambda: number): Promise<SoftmaxRegression> {
  if (!(lambda > 0)) throw new RangeError(`${who}: lambda must be > 0, got ${lambda}`);
  const { classOf, presentClasses, samples } = statisticsOf(who, input);
  requireTwoClasses(who, presentClasses);
  // A rotation changes neither the loss nor |W|, and in the principal axes the Hessian is close to its diagonal.
  const { scores } = await principalComponentsOf(who, input);
  return fitSoftmaxRegression(who, scores, classOf, presentClasses.length, 1 / (lambda * samples));
}

/** sum_i (|x_i|^2 + 1) sum_y p_iy (1 - p_iy): the trace of the cross-entropy's diagonal curvature, times N. */
function likelihoodCurvature(
  statistics: FeatureStatistics,
  probabilities: Float64Array,
  classes: number,
): number {
  let sum = 0;
  for (let i = 0; i < statistics.samples; i++) {
    let spread = 0;
    for (let y = 0; y < classes; y++) {
      const p = probabilities[i * classes + y]!;
      spread += p * (1 - p);
    }
    const x = rowOf(statistics.centred, i);
    sum += (dot(x, x) + 1) * spread;
  }
  return sum;
}
