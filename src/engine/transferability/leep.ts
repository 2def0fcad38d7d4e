import { requireSourceProbabilities } from "./source-probabilities.js";
import type { MetricInput } from "./metric.js";

/**
 * LEEP: mean log-likelihood of the label under "predict a source class, then the label that goes with it".
 *
 * Formula: 1/N sum_i log sum_z P(y_i | z) theta_iz, P(y, z) = 1/N sum_{i: y_i = y} theta_iz, P(y | z) = P(y, z) / P(z).
 * Source: Nguyen, Hassner, Seeger, Archambeau, ICML 2020, Eq. 1 and 2. Variant: no epsilon; a source class without any
 *   mass has no P(y | z) and is skipped (several public versions return NaN there).
 * Agrees with: Model-Spider LEEP.py (refs/metrics).
 *
 * @returns nats, in [-log C, 0] when rows sum to 1, larger is better; equals NCE for one-hot source probabilities
 * @throws RangeError if source probabilities are missing or unsound, or a label is out of range
 *
 * Cost: O(N S) time, O(C S) memory.
 */
export async function leep(input: MetricInput): Promise<number> {
  const probabilities = requireSourceProbabilities("leep", input);
  return leepScore(probabilities.values, probabilities.columns, input.labels, input.classCount);
}

/**
 * LEEP of checked numbers; N-LEEP calls it with the float64 posterior of its mixture.
 *
 * @param theta row-major, shape [N, S], non-negative
 */
export function leepScore(
  theta: Float32Array | Float64Array,
  sourceClasses: number,
  labels: Int32Array,
  classCount: number,
): number {
  const labelGivenSource = new Float64Array(classCount * sourceClasses); // N P(y, z), then P(y | z), [C, S]
  const sourceMass = new Float64Array(sourceClasses); // N P(z), [S]
  labels.forEach((label, i) => {
    for (let z = 0; z < sourceClasses; z++) {
      const p = theta[i * sourceClasses + z]!;
      labelGivenSource[label * sourceClasses + z]! += p;
      sourceMass[z]! += p;
    }
  });
  for (let cell = 0; cell < labelGivenSource.length; cell++) {
    const mass = sourceMass[cell % sourceClasses]!;
    if (mass > 0) labelGivenSource[cell]! /= mass;
  }

  let total = 0;
  labels.forEach((label, i) => {
    let likelihood = 0;
    for (let z = 0; z < sourceClasses; z++) {
      likelihood += labelGivenSource[label * sourceClasses + z]! * theta[i * sourceClasses + z]!;
    }
    total += Math.log(likelihood);
  });
  return total / labels.length;
}
