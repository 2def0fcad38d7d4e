import { requireSourceProbabilities } from "./source-probabilities.js";
import type { MetricInput } from "./metric.js";

/**
 * NCE: minus the entropy of the label that is left when the source model's predicted class is known.
 *
 * Formula: -H(Y | Z) = sum_{y,z} P(y, z) log( P(y, z) / P(z) ), z = argmax of the source probabilities,
 *   P the empirical joint distribution.
 * Source: Tran, Nguyen, Hassner, ICCV 2019. Variant: hard predictions, no smoothing; equal maxima go to the lower index;
 *   source classes that are never predicted contribute nothing.
 * Agrees with: Model-Spider NCE.py (refs/metrics).
 *
 * Letters: N samples, C classes, S source classes.
 *
 * @returns nats, in [-log C, 0], larger is better
 * @throws RangeError if source probabilities are missing or unsound, or a label is out of range
 *
 * Cost: O(N S + C S).
 */
export async function nce(input: MetricInput): Promise<number> {
  const { rows, columns, values } = requireSourceProbabilities("nce", input);
  const joint = new Float64Array(input.classCount * columns); // counts of (y, z), [C, S]
  const predicted = new Float64Array(columns); // counts of z, [S]
  for (let i = 0; i < rows; i++) {
    let best = 0;
    for (let z = 1; z < columns; z++) {
      if (values[i * columns + z]! > values[i * columns + best]!) best = z;
    }
    predicted[best]! += 1;
    joint[input.labels[i]! * columns + best]! += 1;
  }

  let total = 0;
  for (let cell = 0; cell < joint.length; cell++) {
    const count = joint[cell]!;
    if (count > 0) total += count * Math.log(count / predicted[cell % columns]!);
  }
  return total / rows;
}
