import { logGamma } from "../linalg/special-functions.js";
import type { MetricInput } from "./metric.js";
import { pactranPosterior } from "./pactran-posterior.js";

/**
 * PACTran with a Gamma prior: a PAC-Bayes bound on the loss of a map from source classes to labels, NEGATED.
 *
 * Formula: -1 - [ sum_{y,z} (lnG(a0_y) - lnG(a_yz)) + sum q (log q - log theta)
 *   + sum_i ( log sum_z theta_iz sum_y a_yz - 1 ) ] / (N C), a and q of pactran-posterior.ts.
 * Source: Ding, Chen, Levinboim, Changpinyo, Soricut, ECCV 2022. Variant: alpha = 1, ten variational steps,
 *   published as a bound (smaller is better); this is minus the bound.
 * Agrees with: pactran_metrics calculate_pac_gamma (refs/metrics, sign turned).
 *
 * Letters: N samples, C classes, S source classes.
 *
 * @returns larger is better
 * @throws RangeError if source probabilities are missing or unsound, or a label is out of range
 *
 * Cost: O(10 N S) time, O((N + C) S) memory.
 */
export async function pactranGamma(input: MetricInput): Promise<number> {
  const posterior = pactranPosterior("pactranGamma", input, false);
  const { samples, sourceClasses, prior, concentration } = posterior;

  let bound = posterior.divergence;
  for (const a of prior) bound += sourceClasses * logGamma(a);
  const columnSum = new Float64Array(sourceClasses);
  for (let cell = 0; cell < concentration.length; cell++) {
    const a = concentration[cell]!;
    columnSum[cell % sourceClasses]! += a;
    bound -= logGamma(a);
  }

  const theta = input.sourceProbabilities!.values;
  for (let i = 0; i < samples; i++) {
    let rate = 0;
    for (let z = 0; z < sourceClasses; z++) rate += theta[i * sourceClasses + z]! * columnSum[z]!;
    bound += Math.log(rate) - 1;
  }
  return -1 - bound / (samples * input.classCount);
}
