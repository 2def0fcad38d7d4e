import { multiply } from "../runtime/mat-mul.js";
import { blockOf, type DoubleMatrix, transposed } from "./double-matrix.js";
import { eigenbasis } from "./eigenbasis.js";

/** Letters: N samples, D features, r = min(N, D). */
export interface PrincipalComponents {
  /** Shape [N, r]: the samples along each component, the one with most variance first; the sign of a column is arbitrary. */
  readonly scores: DoubleMatrix;
  /** Shape [r]: share of the variance along each component, descending, sums to 1. */
  readonly explainedVarianceRatio: Float64Array;
}

/**
 * All principal components.
 *
 * @param centred shape [N, D], columns of mean 0
 * @param gram    X^T X [D, D] if D <= N, else X X^T [N, N]
 * @throws RangeError if all features are constant
 *
 * Cost: one eigendecomposition on the smaller side, and a product [N, D] x [D, D] if D <= N.
 */
export async function principalComponents(
  who: string,
  centred: DoubleMatrix,
  gram: DoubleMatrix,
): Promise<PrincipalComponents> {
  const { values, coordinates } = await eigenbasis(gram);
  const variances = values.map((value) => Math.max(0, value)).reverse();
  const total = variances.reduce((a, b) => a + b, 0);
  if (!(total > 0))
    throw new RangeError(`${who}: at least one feature must vary, got constant features only`);

  const basis = columnsReversed(transposed(coordinates)); // [r, r], column j is component j
  const scores = centred.columns === gram.rows ? await multiply(centred, basis) : scaled(basis, variances);
  return { scores, explainedVarianceRatio: variances.map((variance) => variance / total) };
}

/**
 * The samples along the first components that together hold more than a given share of the variance.
 *
 * Variant: the smallest count whose cumulated share EXCEEDS `share`, as scikit-learn's PCA(n_components = 0.8).
 */
export function leadingScores(components: PrincipalComponents, share: number): DoubleMatrix {
  const { scores, explainedVarianceRatio } = components;
  let kept = 0;
  let held = 0;
  while (kept < explainedVarianceRatio.length && held <= share) held += explainedVarianceRatio[kept++]!;
  return blockOf(scores, 0, scores.rows, 0, kept);
}

/** For D > N the samples' coordinates are the eigenvectors of X X^T times the singular values. */
function scaled(basis: DoubleMatrix, variances: Float64Array): DoubleMatrix {
  for (let at = 0; at < basis.values.length; at++) {
    basis.values[at]! *= Math.sqrt(variances[at % basis.columns]!);
  }
  return basis;
}

function columnsReversed(matrix: DoubleMatrix): DoubleMatrix {
  for (let r = 0; r < matrix.rows; r++) {
    matrix.values.subarray(r * matrix.columns, (r + 1) * matrix.columns).reverse();
  }
  return matrix;
}
