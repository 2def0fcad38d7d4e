import { cholesky, logDeterminant } from "../linalg/cholesky.js";
import { doubleMatrix, type DoubleMatrix, rowOf } from "../linalg/double-matrix.js";
import { symmetricEigen } from "../linalg/symmetric-eigen.js";
import { multiplyTransposedLeft, multiplyTransposedRight } from "../runtime/mat-mul.js";
import { requireTwoClasses } from "./checked-input.js";
import { statisticsOf } from "./feature-statistics.js";
import type { MetricInput } from "./metric.js";
import { perInput } from "./per-input.js";

/** Squared distortion of the code; the value of the paper and of tllib. */
const EPSILON = 1e-4;

/**
 * TransRate: coding rate of all features less the average coding rate within the classes.
 *
 * Formula: R(Z) - 1/P sum_c R(Z_c), R(Z) = 1/2 log det( I + Z^T Z / (n eps) ), Z centred by the overall mean (classes are
 * not centred again), eps = 1e-4, P classes that have samples.
 * Source: Huang et al., ICML 2022. Variant: every class counts the same, as in tllib and EMMS.
 *
 * @returns nats, larger is better; grows with the features' scale, so PTMs should be comparable in it
 * @throws RangeError if fewer than 2 classes have samples, a label is out of range, or a value is not finite
 *
 * Cost: O(N D min(N, D)), each Gram matrix on its smaller side.
 */
export async function transRate(input: MetricInput): Promise<number> {
  const { all, within } = await codingRates("transRate", input);
  return all - within.reduce((sum, rate) => sum + rate, 0) / within.length;
}

/**
 * TransRate with classes weighted by their share of the samples: the paper's formula and the authors' repository.
 * Equal to transRate on balanced tasks.
 */
export async function transRateWeighted(input: MetricInput): Promise<number> {
  const { all, within } = await codingRates("transRateWeighted", input);
  const { counts, samples } = statisticsOf("transRateWeighted", input);
  return within.reduce((rest, rate, p) => rest - (counts[p]! / samples) * rate, all);
}

const codingRates = perInput(async (who, input) => {
  const statistics = statisticsOf(who, input);
  requireTwoClasses(who, statistics.presentClasses);
  const { centred, classOf, counts, samples } = statistics;
  const within: number[] = [];
  for (const [p, count] of counts.entries()) {
    const members = doubleMatrix(count, centred.columns);
    let next = 0;
    classOf.forEach((own, i) => {
      if (own === p) members.values.set(rowOf(centred, i), next++ * centred.columns);
    });
    const gram =
      members.columns <= count
        ? await multiplyTransposedLeft(members, members)
        : await multiplyTransposedRight(members, members);
    within.push(await codingRate(gram, count));
  }
  return { all: await codingRate(await statistics.centredGram(), samples), within };
});

/** R from the Gram matrix of n rows, on either side: log det(I + A^T A) = log det(I + A A^T). */
async function codingRate(gram: DoubleMatrix, n: number): Promise<number> {
  const scaled = doubleMatrix(
    gram.rows,
    gram.rows,
    gram.values.map((value) => value / (n * EPSILON)),
  );
  const shifted = doubleMatrix(gram.rows, gram.rows, scaled.values.slice());
  for (let i = 0; i < gram.rows; i++) shifted.values[i * gram.rows + i]! += 1;
  const l = await cholesky(shifted);
  if (l !== null) return logDeterminant(l) / 2;
  // Features so large that the identity is below their rounding: eigenvalues can at least be kept from falling under 0.
  const { values } = await symmetricEigen(scaled, doubleMatrix(gram.rows, 0));
  return values.reduce((sum, value) => sum + Math.log1p(Math.max(value, 0)), 0) / 2;
}
