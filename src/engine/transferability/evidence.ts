import { type DoubleMatrix, rowOf } from "../linalg/double-matrix.js";
import { symmetricEigen } from "../linalg/symmetric-eigen.js";

/**
 * A Bayesian linear regression v ~ N(Xw, 1/beta), w ~ N(0, 1/alpha), seen in the singular basis of X: its evidence
 * depends on nothing else.
 */
export interface EvidenceTerms {
  /** N. */
  readonly samples: number;
  /** D; the directions that are not listed below have the singular value 0. */
  readonly dimensions: number;
  /** Squared positive singular values s_j^2 of X, length rank. */
  readonly squaredSingular: Float64Array;
  /** x_j^2 = (u_j . v)^2, u_j the left singular vector of s_j, length rank. */
  readonly energies: Float64Array;
  /** |v|^2 - sum x_j^2: what no weight can explain; 0 exactly where rank = N. */
  readonly unexplained: number;
  /** |v|^2. */
  readonly total: number;
}

/** Below this share of |v|^2 a difference of energies is rounding; a perfect fit is scored as one this good. */
const RESOLUTION = 1e-14;

/**
 * Brings one regression per target column into the singular basis.
 *
 * @param gram    X^T X [D, D] if D <= N, else X X^T [N, N]
 * @param targets X^T V [D, K] if D <= N, else V itself [N, K]
 * @param totals  |v_k|^2, length K
 * @throws RangeError if every feature is zero
 */
export async function evidenceTerms(
  who: string,
  samples: number,
  dimensions: number,
  gram: DoubleMatrix,
  targets: DoubleMatrix,
  totals: readonly number[],
): Promise<EvidenceTerms[]> {
  const { values, coordinates } = await symmetricEigen(gram, targets);
  const largest = values.at(-1)!;
  // Eigenvalues below the rounding of the Gram matrix are zeros; ascending order puts them first.
  const nulls = values.findIndex((value) => value > samples * Number.EPSILON * largest);
  if (nulls < 0) throw new RangeError(`${who}: at least one feature must differ from zero`);
  const squaredSingular = values.subarray(nulls);
  const rank = squaredSingular.length;
  return totals.map((total, k) => {
    const energies = new Float64Array(rank);
    let explained = 0;
    squaredSingular.forEach((squared, j) => {
      const coordinate = rowOf(coordinates, nulls + j)[k]!;
      const energy = coordinate * coordinate;
      energies[j] = dimensions <= samples ? energy / squared : energy; // v_j . X^T v = s_j (u_j . v)
      explained += energies[j];
    });
    const unexplained = rank === samples ? 0 : Math.max(total - explained, RESOLUTION * total);
    return { samples, dimensions, squaredSingular, energies, unexplained, total };
  });
}
