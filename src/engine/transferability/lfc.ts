import { rowOf } from "../linalg/double-matrix.js";
import { dot } from "../linalg/vector.js";
import { requireTwoClasses } from "./checked-input.js";
import { statisticsOf } from "./feature-statistics.js";
import type { MetricInput } from "./metric.js";

/**
 * LFC: label-feature correlation, the cosine between the samples' feature similarities and their label similarities.
 *
 * Formula: <K, L> / (|K| |L|) with Frobenius norms, K = X X^T less its mean, L = (+1 same class, -1 other) less its mean.
 * Source: Deshpande et al., arXiv 2102.00084. Variant: one mean over all entries, not double centring.
 * Closed form without an N x N matrix: with centred features z, the mean feature m and u_i = z_i . m, an entry of K is
 * z_i . z_j + u_i + u_j, so |K|^2 = |Z^T Z|^2 + 2 N sum u_i^2, and <K, L> = 2 sum_c n_c^2 (|d_c|^2 + 2 d_c . m) for the
 * centred class means d_c; |L|^2 = N^2 (1 - mean(L)^2), mean(L) = 2 sum (n_c / N)^2 - 1.
 *
 * @returns in [-1, 1], larger is better
 * @throws RangeError if fewer than 2 classes have samples, no feature varies, a label is out of range, or a value is
 *   not finite
 *
 * Cost: O(N D min(N, D)) for the shared Gram matrix.
 */
export async function lfc(input: MetricInput): Promise<number> {
  const statistics = statisticsOf("lfc", input);
  requireTwoClasses("lfc", statistics.presentClasses);
  const { samples, counts, centred, centredClassMeans, mean } = statistics;
  const gram = await statistics.centredGram();
  let alongMean = 0;
  for (let i = 0; i < samples; i++) alongMean += dot(rowOf(centred, i), mean) ** 2;
  const squaredK = dot(gram.values, gram.values) + 2 * samples * alongMean;
  if (!(squaredK > 0)) throw new RangeError("lfc: at least one feature must vary, none does");
  let inner = 0;
  let meanL = -1;
  counts.forEach((count, p) => {
    const classMean = rowOf(centredClassMeans, p);
    inner += 2 * count * count * (dot(classMean, classMean) + 2 * dot(classMean, mean));
    meanL += 2 * (count / samples) ** 2;
  });
  return inner / Math.sqrt(squaredK) / (samples * Math.sqrt(1 - meanL * meanL));
}
