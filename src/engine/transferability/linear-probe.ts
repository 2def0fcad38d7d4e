import { cholesky } from "../linalg/cholesky.js";
import { doubleMatrix, type DoubleMatrix, rowOf } from "../linalg/double-matrix.js";
import { solveCholesky } from "../linalg/triangular-solve.js";
import { addScaled } from "../linalg/vector.js";
import { multiply, multiplyTransposedLeft, multiplyTransposedRight } from "../runtime/mat-mul.js";
import { requireTwoClasses } from "./checked-input.js";
import { classMeansOf, type FeatureStatistics, statisticsOf } from "./feature-statistics.js";
import type { MetricInput } from "./metric.js";
import { stratifiedFolds } from "./stratified-folds.js";

const FOLDS = 5;
/** Ridge penalties as shares of the mean eigenvalue of the training Gram matrix; from hardly any to strong. */
const PENALTY_SHARES = [1e-3, 1e-2, 1e-1, 1, 10];

/**
 * Linear probe: the accuracy of a linear classifier on the frozen features, by cross-validation.
 *
 * Ridge regression on one-hot targets with an unpenalised intercept, in closed form; the largest output is the
 * prediction. 5 stratified folds. One penalty for all folds, the one of five with the least squared error out of
 * fold: it is chosen on that error, not on the accuracy that is reported. A sample whose class is not in its training
 * folds counts as wrong.
 *
 * @param seed of the folds; equal seeds give equal folds for equal labels, so PTMs are compared on the same split
 * @returns accuracy in [0, 1], larger is better
 * @throws RangeError if fewer than 2 classes have samples, a label is out of range, or a value is not finite
 *
 * Letters: n training samples, h held-out samples, D feature dimensions, P classes that have samples.
 * Cost: a fold takes O(n D min(n, D)), then min(n, D)^3 / 3 a penalty; O(N D + min(N, D)^2) memory.
 */
export async function linearProbe(input: MetricInput, seed = 0): Promise<number> {
  const statistics = statisticsOf("linearProbe", input);
  requireTwoClasses("linearProbe", statistics.presentClasses);
  const { classOf, samples } = statistics;
  const foldOf = stratifiedFolds(classOf, Math.min(FOLDS, samples), seed);
  const outcomes = PENALTY_SHARES.map(() => ({ squaredError: 0, correct: 0 }));
  for (let fold = 0; fold < Math.min(FOLDS, samples); fold++) {
    const predictions = await heldOutPredictions(statistics, foldOf, fold);
    const truth = classOf.filter((_, i) => foldOf[i] === fold);
    for (const [k, prediction] of predictions.entries()) {
      truth.forEach((p, i) => {
        const row = rowOf(prediction, i);
        outcomes[k]!.squaredError += row.reduce((sum, value, q) => sum + (value - (q === p ? 1 : 0)) ** 2, 0);
        outcomes[k]!.correct += indexOfLargest(row) === p ? 1 : 0;
      });
    }
  }
  const best = outcomes.reduce((a, b) => (b.squaredError < a.squaredError ? b : a));
  return best.correct / samples;
}

/** Outputs [h, P] for the samples of one fold, one matrix per penalty, from a fit on all other folds. */
async function heldOutPredictions(
  { centred, classOf, counts }: FeatureStatistics,
  foldOf: Int32Array,
  fold: number,
): Promise<DoubleMatrix[]> {
  const training = gatherRows(centred, (i) => foldOf[i] !== fold); // [n, D]
  const heldOut = gatherRows(centred, (i) => foldOf[i] === fold); // [h, D]
  const mean = rowOf(classMeansOf(training, new Int32Array(training.rows), [training.rows]), 0);
  for (let i = 0; i < training.rows; i++) addScaled(rowOf(training, i), -1, mean);
  for (let i = 0; i < heldOut.rows; i++) addScaled(rowOf(heldOut, i), -1, mean);

  const targets = doubleMatrix(training.rows, counts.length); // one-hot less the intercept, [n, P]
  classOf.filter((_, i) => foldOf[i] !== fold).forEach((p, i) => (rowOf(targets, i)[p] = 1));
  const intercept = rowOf(classMeansOf(targets, new Int32Array(targets.rows), [targets.rows]), 0);
  for (let i = 0; i < targets.rows; i++) addScaled(rowOf(targets, i), -1, intercept);

  const predictions: DoubleMatrix[] = [];
  for (const weights of await ridgeWeights(training, targets)) {
    const outputs = await multiply(heldOut, weights); // [h, D] x [D, P] -> [h, P]
    for (let i = 0; i < outputs.rows; i++) addScaled(rowOf(outputs, i), 1, intercept);
    predictions.push(outputs);
  }
  return predictions;
}

/** Ridge weights [D, P], one matrix per penalty: (X^T X + r I)^-1 X^T Y, or X^T (X X^T + r I)^-1 Y where D > n. */
async function ridgeWeights(features: DoubleMatrix, targets: DoubleMatrix): Promise<DoubleMatrix[]> {
  const isTall = features.columns <= features.rows;
  const gram = await (isTall
    ? multiplyTransposedLeft(features, features)
    : multiplyTransposedRight(features, features));
  const right = isTall ? await multiplyTransposedLeft(features, targets) : targets;
  let trace = 0;
  for (let i = 0; i < gram.rows; i++) trace += gram.values[i * gram.rows + i]!;
  const weights: DoubleMatrix[] = [];
  for (const share of PENALTY_SHARES) {
    const penalised = doubleMatrix(gram.rows, gram.rows, gram.values.slice());
    for (let i = 0; i < gram.rows; i++) penalised.values[i * gram.rows + i]! += (share * trace) / gram.rows;
    const l = await cholesky(penalised);
    if (l === null) {
      weights.push(doubleMatrix(features.columns, targets.columns)); // no feature varies: the intercept decides
      continue;
    }
    const solved = await solveCholesky(l, right);
    weights.push(isTall ? solved : await multiplyTransposedLeft(features, solved));
  }
  return weights;
}

function gatherRows(matrix: DoubleMatrix, keep: (row: number) => boolean): DoubleMatrix {
  const kept = Array.from({ length: matrix.rows }, (_, i) => i).filter(keep);
  const result = doubleMatrix(kept.length, matrix.columns);
  kept.forEach((from, to) => result.values.set(rowOf(matrix, from), to * matrix.columns));
  return result;
}

function indexOfLargest(row: Float64Array): number {
  let best = 0;
  for (let i = 1; i < row.length; i++) if (row[i]! > row[best]!) best = i;
  return best;
}
