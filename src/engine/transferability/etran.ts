import { logSumExp } from "../linalg/vector.js";
import { requireFeatures } from "./checked-input.js";
import type { MetricInput } from "./metric.js";

export { sfdaFirstStage as etranClassification } from "./sfda.js";

/**
 * ETran's energy part: mean free energy of the samples, a sign of how far they lie inside what the PTM knows.
 *
 * Formula: 1/N sum_i log sum_d exp(x_id).
 * Source: Gholami et al., ICCV 2023. Variant: all samples; the released code reads the lowest 0.5 percent only and
 * fails below 200 samples.
 *
 * @returns nats, larger is better
 * @throws RangeError if N < 2 or a value is not finite
 *
 * Cost: O(N D).
 */
export async function etranEnergy(input: MetricInput): Promise<number> {
  const { features } = input;
  requireFeatures("etranEnergy", features);
  let sum = 0;
  for (let i = 0; i < features.rows; i++) {
    sum += logSumExp(
      Float64Array.from(features.values.subarray(i * features.columns, (i + 1) * features.columns)),
    );
  }
  return sum / features.rows;
}
