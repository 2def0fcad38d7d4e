import { doubleMatrix, type DoubleMatrix, rowOf, transposed, widen } from "../linalg/double-matrix.js";
import { addScaled, dot } from "../linalg/vector.js";
import type { Matrix } from "../matrix.js";
import { multiplyTransposedLeft, multiplyTransposedRight } from "../runtime/mat-mul.js";
import { requireFeatures } from "./checked-input.js";
import { type EvidenceTerms, evidenceTerms } from "./evidence.js";
import { type FeatureStatistics, statisticsOf } from "./feature-statistics.js";
import { fixedPointEvidence } from "./fixed-point-evidence.js";
import { maximumEvidence } from "./maximum-evidence.js";
import type { MetricInput } from "./metric.js";
import { perInput } from "./per-input.js";

/** A regression task: features [N, D] and targets [N, K]. */
export interface RegressionInput {
  readonly features: Matrix;
  readonly targets: Matrix;
}

/**
 * LogME: log evidence of a linear model on the features, per sample, mean over one-vs-rest targets.
 *
 * Formula: mean_c max_{alpha, beta} L / N with L = N/2 log beta + D/2 log alpha - N/2 log 2 pi - beta/2 |Xm - v|^2
 * - alpha/2 |m|^2 - 1/2 sum_{j=1..D} log(alpha + beta s_j^2), the maximum by MacKay's fixed point.
 * Source: You et al., ICML 2021; JMLR 2022, algorithm 3. Variant: at most 11 iterations, tolerance 1e-3, 1e-5 in both
 * denominators as in thuml/LogME, but all D directions in the log-determinant (public code drops the null ones).
 * Features are not centred. A class without samples counts as an all-zero target, as published: its evidence is large
 * and says nothing, so leave absent classes out of `classCount` (measure.ts does).
 *
 * Letters: N samples, D feature dimensions, C classes.
 *
 * @returns nats per sample, larger is better; depends on the features' scale through the 1e-5
 * @throws RangeError if N < 2, a label is out of range, a value is not finite, or every feature is zero
 *
 * Cost: O(N D min(N, D)) for the Gram matrix, 4/3 min(N, D)^3 for its eigenvalues, shared with logMeMaximum.
 */
export async function logMe(input: MetricInput): Promise<number> {
  const terms = await classificationTerms("logMe", input);
  const evidences = terms.map(fixedPointEvidence);
  const absent = input.classCount - terms.length;
  if (absent > 0) {
    const { energies, ...rest } = terms[0]!;
    const silence = fixedPointEvidence({
      ...rest,
      energies: energies.map(() => 0),
      unexplained: 0,
      total: 0,
    });
    for (let k = 0; k < absent; k++) evidences.push(silence);
  }
  return mean(evidences);
}

/**
 * LogME with the exact maximum of the evidence instead of a fixed point that stops early.
 *
 * Source: own derivation (maximum-evidence.ts); no 1e-5 anywhere, so a common factor of all features changes nothing.
 * Only classes that have samples are averaged. A target that the features fit exactly has unbounded evidence; it is
 * scored as if 1e-14 of its energy were unexplained.
 *
 * @returns nats per sample, larger is better; never below logMe by more than rounding
 * @throws RangeError as logMe
 */
export async function logMeMaximum(input: MetricInput): Promise<number> {
  return mean((await classificationTerms("logMeMaximum", input)).map(maximumEvidence));
}

/**
 * LogME of a multi-output regression: mean over outputs. Targets are neither centred nor scaled, and the score depends
 * on their scale: compare PTMs on one task, or standardise first.
 *
 * @throws RangeError if shapes disagree, a value is not finite, or every feature is zero
 */
export async function logMeRegression(input: RegressionInput): Promise<number> {
  return mean((await regressionTerms("logMeRegression", input)).map(fixedPointEvidence));
}

/** logMeRegression with the exact maximum; an all-zero target has none and is refused. */
export async function logMeMaximumRegression(input: RegressionInput): Promise<number> {
  const terms = await regressionTerms("logMeMaximumRegression", input);
  terms.forEach(({ total }, k) => {
    if (total === 0) {
      throw new RangeError(
        `logMeMaximumRegression: every target must differ from zero, output ${k} is all zero`,
      );
    }
  });
  return mean(terms.map(maximumEvidence));
}

/** One regression per class that has samples: its 0/1 indicator over the samples. */
const classificationTerms = perInput(async (who, input) => {
  const statistics = statisticsOf(who, input);
  const targets = statistics.isTall ? transposed(classSums(statistics)) : indicators(statistics);
  return evidenceTerms(
    who,
    statistics.samples,
    statistics.dimensions,
    await uncentredGram(statistics),
    targets,
    statistics.counts, // |indicator|^2
  );
});

async function regressionTerms(who: string, input: RegressionInput): Promise<EvidenceTerms[]> {
  requireFeatures(who, input.features);
  if (input.targets.rows !== input.features.rows || input.targets.columns < 1) {
    throw new RangeError(
      `${who}: expected targets of shape ${input.features.rows} x 1 or more, got ${input.targets.rows} x ${input.targets.columns}`,
    );
  }
  requireFiniteTargets(who, input.targets);
  const features = widen(input.features);
  const targets = widen(input.targets);
  const isTall = features.columns <= features.rows;
  const columns = transposed(targets);
  const totals = Array.from({ length: targets.columns }, (_, k) => dot(rowOf(columns, k), rowOf(columns, k)));
  return evidenceTerms(
    who,
    features.rows,
    features.columns,
    await (isTall ? multiplyTransposedLeft(features, features) : multiplyTransposedRight(features, features)),
    isTall ? await multiplyTransposedLeft(features, targets) : targets,
    totals,
  );
}

/** The Gram matrix before centring, from the one after it: (X + 1 m^T) in place of X. */
async function uncentredGram(statistics: FeatureStatistics): Promise<DoubleMatrix> {
  const { samples, mean: m, centred, isTall } = statistics;
  const centredGram = await statistics.centredGram();
  const gram = doubleMatrix(centredGram.rows, centredGram.columns, centredGram.values.slice());
  if (isTall) {
    for (let r = 0; r < gram.rows; r++) addScaled(rowOf(gram, r), samples * m[r]!, m); // X^T 1 = 0
    return gram;
  }
  const along = Float64Array.from({ length: samples }, (_, i) => dot(rowOf(centred, i), m)); // X m
  const squaredMean = dot(m, m);
  for (let r = 0; r < samples; r++) {
    const row = rowOf(gram, r);
    for (let c = 0; c < samples; c++) row[c]! += along[r]! + along[c]! + squaredMean;
  }
  return gram;
}

/** Sum of the features of each present class, shape [P, D]. */
function classSums(statistics: FeatureStatistics): DoubleMatrix {
  const { counts, centredClassMeans, mean: m } = statistics;
  const sums = doubleMatrix(counts.length, statistics.dimensions);
  counts.forEach((count, p) => {
    const row = rowOf(sums, p);
    addScaled(row, count, rowOf(centredClassMeans, p));
    addScaled(row, count, m);
  });
  return sums;
}

/** 1 where the sample belongs to the class, shape [N, P]. */
function indicators(statistics: FeatureStatistics): DoubleMatrix {
  const result = doubleMatrix(statistics.samples, statistics.counts.length);
  statistics.classOf.forEach((p, i) => (result.values[i * result.columns + p] = 1));
  return result;
}

function requireFiniteTargets(who: string, targets: Matrix): void {
  targets.values.forEach((value, i) => {
    if (!Number.isFinite(value)) {
      throw new RangeError(`${who}: every target must be finite, got ${value} at index ${i}`);
    }
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
