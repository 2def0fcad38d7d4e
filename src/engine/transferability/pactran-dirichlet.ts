import { logGamma } from "../linalg/special-functions.js";
import type { MetricInput } from "./metric.js";
import { pactranPosterior } from "./pactran-posterior.js";

/**
 * PACTran with a Dirichlet prior: a PAC-Bayes bound on the loss of a map from source classes to labels, NEGATED.
 *
 * Formula: [ sum_z ( lnG(sum_y a0) - sum_y lnG(a0) - lnG(sum_y a_yz) + sum_y lnG(a_yz) ) - sum q (log q - log theta) ] / (N C),
 *   a and q of pactran-posterior.ts.
 * Source: Ding, Chen, Levinboim, Changpinyo, Soricut, ECCV 2022. Variant: alpha = 1, ten variational steps,
 *   published as a bound (smaller is better); this is minus the bound, as Model-Spider stores it.
 * Agrees with: pactran_metrics calculate_pac_dir (refs/metrics, sign turned).
 *
 * Letters: N samples, C classes, S source classes.
 *
 * @returns larger is better
 * @throws RangeError if source probabilities are missing or unsound, or a label is out of range
 *
 * Cost: O(10 N S) time, O((N + C) S) memory.
 */
export async function pactranDirichlet(input: MetricInput): Promise<number> {
  const posterior = pactranPosterior("pactranDirichlet", input, true);
  const { samples, sourceClasses, prior, concentration } = posterior;

  let priorSum = 0;
  let logPriorConstant = 0; // lnG(sum a0) - sum lnG(a0)
  for (const a of prior) {
    priorSum += a;
    logPriorConstant -= logGamma(a);
  }
  logPriorConstant += logGamma(priorSum);

  let evidence = -posterior.divergence;
  const columnSum = new Float64Array(sourceClasses);
  for (let cell = 0; cell < concentration.length; cell++) {
    const a = concentration[cell]!;
    columnSum[cell % sourceClasses]! += a;
    evidence += logGamma(a);
  }
  for (const sum of columnSum) evidence += logPriorConstant - logGamma(sum);
  return evidence / (samples * input.classCount);
}
