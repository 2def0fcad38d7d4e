import { doubleMatrix, type DoubleMatrix, rowOf } from "./double-matrix.js";
import { tridiagonaliseByPanels } from "./tridiagonalise-by-panels.js";
import { tridiagonalise } from "./tridiagonalise.js";

/** A = V diag(values) V^T. */
export interface SymmetricEigen {
  /** Shape [n], ascending. */
  readonly values: Float64Array;
  /** V^T B, shape [n, k]: row j holds the coordinates of B's columns along eigenvector j. */
  readonly coordinates: DoubleMatrix;
}

/** Below this size calling the matrix product costs what it saves. */
const PANELS_PAY_FROM = 512;

/** QL needs about two steps an eigenvalue; one that needs so many is not converging. */
const MOST_STEPS = 60;
const STRICT_STEPS = 20;

/**
 * Eigenvalues of a symmetric matrix, and the coordinates of given vectors in its eigenbasis.
 *
 * What the metrics need is V^T B for a few right-hand sides, so V is never formed: every rotation is applied to the
 * rows of Q^T B, which costs O(n^2 k) instead of O(n^3). `symmetricEigenvectors` is the case B = I.
 * Source: Householder reduction, then implicit QL with Wilkinson's shift (Golub and Van Loan, section 8.3;
 * Bowdler, Martin, Reinsch and Wilkinson 1968).
 *
 * @param a shape [n, n], symmetric, finite
 * @param b shape [n, k]
 * @throws RangeError if an eigenvalue does not converge (values that are not finite)
 *
 * Cost: 4/3 n^3 + O(n^2 k) operations, O(n^2 + n k) memory.
 */
export async function symmetricEigen(a: DoubleMatrix, b: DoubleMatrix): Promise<SymmetricEigen> {
  const { diagonal, offDiagonal, rotated } =
    a.rows < PANELS_PAY_FROM ? tridiagonalise(a, b) : await tridiagonaliseByPanels(a, b);
  // Householder steps leave what is large at the top; QL keeps the small eigenvalues exact if it comes last.
  reverse(diagonal, offDiagonal, rotated);
  let norm = 0;
  for (let i = 0; i < a.rows; i++) norm = Math.max(norm, Math.abs(diagonal[i]!) + Math.abs(offDiagonal[i]!));
  for (let l = 0; l < a.rows; l++) settleEigenvalue(l, norm, diagonal, offDiagonal, rotated);
  return ascending(diagonal, rotated);
}

/** The full eigenbasis: row j of `coordinates` is eigenvector j. Cost: about 9 n^3 operations. */
export function symmetricEigenvectors(a: DoubleMatrix): Promise<SymmetricEigen> {
  const identity = doubleMatrix(a.rows, a.rows);
  for (let i = 0; i < a.rows; i++) identity.values[i * a.rows + i] = 1;
  return symmetricEigen(a, identity);
}

/** Renumbers T from the bottom to the top: element i becomes n - 1 - i. */
function reverse(d: Float64Array, e: Float64Array, rows: DoubleMatrix): void {
  d.reverse();
  e.subarray(0, -1).reverse(); // the last one stays 0
  for (let i = 0; i < rows.rows >> 1; i++) {
    const upper = rowOf(rows, i);
    const lower = rowOf(rows, rows.rows - 1 - i);
    const kept = upper.slice();
    upper.set(lower);
    lower.set(kept);
  }
}

/**
 * Runs QL steps on the unreduced block that begins at l until its first off-diagonal element is negligible: beside its
 * neighbours on the diagonal, or, where the rounding of larger elements keeps it from that, beside the whole matrix.
 */
function settleEigenvalue(
  l: number,
  norm: number,
  d: Float64Array,
  e: Float64Array,
  rows: DoubleMatrix,
): void {
  for (let step = 0; ; step++) {
    const floor = step < STRICT_STEPS ? 0 : norm;
    let m = l;
    while (
      m + 1 < d.length &&
      !(Math.abs(e[m]!) <= Number.EPSILON * Math.max(floor, Math.abs(d[m]!) + Math.abs(d[m + 1]!)))
    ) {
      m++;
    }
    if (m === l) return;
    if (step === MOST_STEPS) {
      throw new RangeError(
        `symmetricEigen: eigenvalue ${l} of ${d.length} did not converge in ${MOST_STEPS} steps`,
      );
    }
    stepQL(l, m, d, e, rows);
  }
}

/** One implicit QL step on rows l..m: chases the bulge from the bottom to the top. */
function stepQL(l: number, m: number, d: Float64Array, e: Float64Array, rows: DoubleMatrix): void {
  const half = (d[l + 1]! - d[l]!) / (2 * e[l]!);
  const root = Math.hypot(half, 1);
  let g = d[m]! - d[l]! + e[l]! / (half + (half < 0 ? -root : root)); // d_m minus Wilkinson's shift
  let sine = 1;
  let cosine = 1;
  let carried = 0; // what has been taken off the diagonal so far
  for (let i = m - 1; i >= l; i--) {
    const f = sine * e[i]!;
    const h = cosine * e[i]!;
    const radius = Math.hypot(f, g);
    e[i + 1] = radius;
    if (radius === 0) {
      // The bulge vanished: the block splits here and the next pass finds it.
      d[i + 1]! -= carried;
      e[m] = 0;
      return;
    }
    sine = f / radius;
    cosine = g / radius;
    const top = d[i + 1]! - carried;
    const r = (d[i]! - top) * sine + 2 * cosine * h;
    carried = sine * r;
    d[i + 1] = top + carried;
    g = cosine * r - h;
    rotateRows(rows, i, sine, cosine);
  }
  d[l]! -= carried;
  e[l] = g;
  e[m] = 0;
}

/** Rotates rows i and i + 1 in their plane; by offsets, because a view per rotation costs more than the rotation. */
function rotateRows({ values, columns }: DoubleMatrix, i: number, sine: number, cosine: number): void {
  const end = (i + 1) * columns;
  for (let upper = i * columns; upper < end; upper++) {
    const x = values[upper]!;
    const y = values[upper + columns]!;
    values[upper + columns] = sine * x + cosine * y;
    values[upper] = cosine * x - sine * y;
  }
}

function ascending(values: Float64Array, rows: DoubleMatrix): SymmetricEigen {
  const order = Array.from(values.keys()).sort((i, j) => values[i]! - values[j]!);
  const coordinates = doubleMatrix(rows.rows, rows.columns);
  order.forEach((from, to) => coordinates.values.set(rowOf(rows, from), to * rows.columns));
  return { values: Float64Array.from(order, (i) => values[i]!), coordinates };
}
