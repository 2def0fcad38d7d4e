import { cholesky } from "../linalg/cholesky.js";
import { doubleMatrix, type DoubleMatrix, rowOf, transposed } from "../linalg/double-matrix.js";
import { solveCholesky } from "../linalg/triangular-solve.js";
import { dot } from "../linalg/vector.js";
import { multiply } from "../runtime/mat-mul.js";
import { requireTwoClasses } from "./checked-input.js";
import { type FeatureStatistics, statisticsOf } from "./feature-statistics.js";
import type { MetricInput } from "./metric.js";

/**
 * H-score with a shrunk covariance, for samples too few to invert the plain one.
 *
 * Formula: (1 - a) tr( S_a^-1 B ), S_a = (1 - a) S + a tr(S)/D I, S the covariance (1/N), B the covariance of the class
 * means (1/(N - 1)), a the Ledoit-Wolf intensity.
 * Source: Ibrahim, Ponomareva and Mazumder, ECML-PKDD 2022. Agrees with tllib regularized_h_score.
 *
 * @returns no unit, >= 0, larger is better
 * @throws RangeError as hScore, and if no feature varies
 *
 * Cost: O(N D min(N, D) + min(N, D)^3).
 */
export async function hScoreShrinkage(input: MetricInput): Promise<number> {
  const statistics = statisticsOf("hScoreShrinkage", input);
  requireTwoClasses("hScoreShrinkage", statistics.presentClasses);
  const { samples, counts, centredClassMeans, classOf } = statistics;
  const gram = await statistics.centredGram();
  const { intensity, averageVariance } = ledoitWolf(statistics, gram);
  if (!(averageVariance > 0))
    throw new RangeError("hScoreShrinkage: at least one feature must vary, none does");
  const shrunk = doubleMatrix(
    gram.rows,
    gram.rows,
    gram.values.map((value) => ((1 - intensity) * value) / samples),
  );
  for (let i = 0; i < gram.rows; i++) shrunk.values[i * gram.rows + i]! += intensity * averageVariance;
  const l = await cholesky(shrunk);
  if (l === null) throw new RangeError("hScoreShrinkage: the shrunk covariance must be positive definite");
  // D > N: S_a^-1 X^T = X^T (shrunk Gram)^-1, and a class mean is X^T times its averaging weights.
  const averaging = doubleMatrix(samples, counts.length);
  classOf.forEach((p, i) => (averaging.values[i * counts.length + p] = 1 / counts[p]!));
  const right = statistics.isTall ? transposed(centredClassMeans) : averaging;
  const left = statistics.isTall ? right : await multiply(gram, averaging);
  const solved = await solveCholesky(l, right);
  let trace = 0;
  for (let r = 0; r < solved.rows; r++) {
    const a = rowOf(left, r);
    const b = rowOf(solved, r);
    counts.forEach((count, p) => (trace += count * a[p]! * b[p]!));
  }
  return ((1 - intensity) * trace) / (samples - 1);
}

/** Ledoit-Wolf shrinkage towards a multiple of the identity (Ledoit and Wolf 2004), from either Gram matrix. */
function ledoitWolf(
  { samples, dimensions, centred }: FeatureStatistics,
  gram: DoubleMatrix,
): { intensity: number; averageVariance: number } {
  let trace = 0;
  let fourth = 0; // sum over samples of |z|^4
  for (let i = 0; i < samples; i++) {
    const squared = dot(rowOf(centred, i), rowOf(centred, i));
    trace += squared / samples;
    fourth += squared * squared;
  }
  const frobenius = dot(gram.values, gram.values) / samples ** 2; // |S|_F^2 is the same on both sides
  const averageVariance = trace / dimensions;
  const noise = (fourth / samples - frobenius) / (dimensions * samples);
  const distance = (frobenius - 2 * averageVariance * trace) / dimensions + averageVariance ** 2;
  const intensity = distance > 0 ? Math.min(noise, distance) / distance : 0;
  return { intensity, averageVariance };
}
