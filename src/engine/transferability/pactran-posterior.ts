import { doubleMatrix, rowOf } from "../linalg/double-matrix.js";
import { digamma } from "../linalg/special-functions.js";
import { addScaled, dot } from "../linalg/vector.js";
import { requireSourceProbabilities } from "./source-probabilities.js";
import type { MetricInput } from "./metric.js";

/** Steps of the published code; a bound at a fixed number of steps is the quantity that the paper's tables hold. */
const VARIATIONAL_STEPS = 10;
/** Keeps the logarithm of a source probability and the prior of an absent class finite (published values). */
const EPSILON = 1e-10;

/** The variational posterior of p(label | source class) after ten steps. Letters: C classes, S source classes. */
export interface PactranPosterior {
  readonly samples: number;
  readonly sourceClasses: number;
  /** a0: shape [C], the class frequencies. */
  readonly prior: Float64Array;
  /** a: shape [C, S]. */
  readonly concentration: Float64Array;
  /** sum_{i,z} q_iz (log q_iz - log theta_iz), q the source class that explains sample i. */
  readonly divergence: number;
}

/**
 * Ten steps of a_yz = a0_y + sum_{i: y_i = y} q_iz, q_iz ~ theta_iz exp(psi(a_{y_i z}) - psi(sum_y a_yz)).
 *
 * exp(psi ...) depends on the label and the source class alone, so it is taken once per (y, z), relative to the
 * largest of its row, and neither q nor its logarithm is ever stored: no [N, C, S] tensor.
 *
 * @param normalised with (Dirichlet) or without (Gamma) the psi of the column sum
 * @throws RangeError if source probabilities are missing or unsound, or a label is out of range
 *
 * Cost: O(N S) multiplications and O(C S) digammas a step, O((N + C) S) memory.
 */
export function pactranPosterior(who: string, input: MetricInput, normalised: boolean): PactranPosterior {
  const { rows: samples, columns: sourceClasses, values: theta } = requireSourceProbabilities(who, input);
  const { labels, classCount } = input;
  const prior = new Float64Array(classCount).fill(EPSILON);
  labels.forEach((label) => (prior[label]! += 1 / samples));

  // Widened once: ten steps read it twenty times.
  const lifted = doubleMatrix(samples, sourceClasses, new Float64Array(theta));
  for (let at = 0; at < lifted.values.length; at++) lifted.values[at]! += EPSILON;
  const concentration = new Float64Array(classCount * sourceClasses);
  const logWeight = new Float64Array(concentration.length);
  const weight = new Float64Array(concentration.length).fill(1);
  const share = new Float64Array(concentration.length); // sum_{i: y_i = y} q_iz; the first q is theta itself
  labels.forEach((label, i) => {
    for (let z = 0; z < sourceClasses; z++)
      share[label * sourceClasses + z]! += theta[i * sourceClasses + z]!;
  });

  let logNormalisers = 0;
  for (let step = 0; step < VARIATIONAL_STEPS; step++) {
    for (let cell = 0; cell < share.length; cell++) {
      concentration[cell] = prior[Math.floor(cell / sourceClasses)]! + share[cell]!;
    }
    setWeights(concentration, sourceClasses, normalised, logWeight, weight);
    share.fill(0);
    logNormalisers = 0;
    for (let i = 0; i < samples; i++) {
      const row = rowOf(lifted, i);
      const start = labels[i]! * sourceClasses;
      const end = start + sourceClasses;
      const normaliser = dot(row, weight.subarray(start, end));
      addScaled(share.subarray(start, end), 1 / normaliser, row);
      logNormalisers += Math.log(normaliser);
    }
    for (let cell = 0; cell < share.length; cell++) share[cell]! *= weight[cell]!;
  }

  let divergence = -logNormalisers;
  for (let cell = 0; cell < share.length; cell++) divergence += share[cell]! * logWeight[cell]!;
  return { samples, sourceClasses, prior, concentration, divergence };
}

/** logWeight = psi(a_yz) [- psi(sum_y a_yz)] minus its row's maximum, weight = exp of it; both [C, S]. */
function setWeights(
  concentration: Float64Array,
  sourceClasses: number,
  normalised: boolean,
  logWeight: Float64Array,
  weight: Float64Array,
): void {
  const columnTerm = new Float64Array(sourceClasses);
  if (normalised) {
    for (let cell = 0; cell < concentration.length; cell++) {
      columnTerm[cell % sourceClasses]! += concentration[cell]!;
    }
    columnTerm.forEach((sum, z) => (columnTerm[z] = digamma(sum)));
  }
  for (let start = 0; start < concentration.length; start += sourceClasses) {
    let largest = -Infinity;
    for (let z = 0; z < sourceClasses; z++) {
      const value = digamma(concentration[start + z]!) - columnTerm[z]!;
      logWeight[start + z] = value;
      if (value > largest) largest = value;
    }
    for (let z = 0; z < sourceClasses; z++) {
      logWeight[start + z]! -= largest;
      weight[start + z] = Math.exp(logWeight[start + z]!);
    }
  }
}
