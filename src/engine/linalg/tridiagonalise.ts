import { doubleMatrix, type DoubleMatrix, rowOf } from "./double-matrix.js";
import { addScaled, dot } from "./vector.js";

/** A = Q T Q^T with T symmetric tridiagonal, and Q^T B for the B that was given. */
export interface Tridiagonal {
  /** Shape [n]. */
  readonly diagonal: Float64Array;
  /** Shape [n]: element i couples i and i + 1; the last one is 0. */
  readonly offDiagonal: Float64Array;
  /** Q^T B, shape [n, k]. */
  readonly rotated: DoubleMatrix;
}

/**
 * Householder reduction of a symmetric matrix to tridiagonal form.
 *
 * Q itself is never formed: its reflections are applied to the right-hand sides B as they are found. With B = I the
 * result holds Q^T. Source: Golub and Van Loan, Matrix Computations, section 8.3.1; only the lower triangle is kept.
 *
 * @param a shape [n, n], symmetric; only the lower triangle is read, nothing is changed
 * @param b shape [n, k]; not changed
 *
 * Cost: 4/3 n^3 + 2 n^2 k operations, one n x n copy.
 */
export function tridiagonalise(a: DoubleMatrix, b: DoubleMatrix): Tridiagonal {
  const n = a.rows;
  const work = doubleMatrix(n, n, a.values.slice());
  const rotated = doubleMatrix(n, b.columns, b.values.slice());
  const offDiagonal = new Float64Array(n);
  const reflector = new Float64Array(n);
  const product = new Float64Array(n);
  for (let k = 0; k + 1 < n; k++) {
    const first = k + 1;
    const v = reflector.subarray(first);
    for (let r = first; r < n; r++) v[r - first] = work.values[r * n + k]!;
    const { image, scale } = reflectionOf(v);
    offDiagonal[k] = image;
    if (scale === 0) continue;
    reflectTrailing(work, first, v, scale, product.subarray(first));
    reflectRows(rotated, first, v, scale);
  }
  const diagonal = Float64Array.from({ length: n }, (_, i) => work.values[i * n + i]!);
  return { diagonal, offDiagonal, rotated };
}

/**
 * The reflection I - scale v v^T that maps a column onto (image, 0, ..., 0).
 *
 * @param v the column; becomes the reflection's vector
 * @returns scale 0, and v unchanged, where the column has that form already
 */
export function reflectionOf(v: Float64Array): { image: number; scale: number } {
  const tail = v.subarray(1);
  if (dot(tail, tail) === 0) return { image: v[0]!, scale: 0 };
  const norm = Math.sqrt(dot(v, v));
  const image = v[0]! > 0 ? -norm : norm; // the sign that keeps v[0] - image from cancelling
  v[0]! -= image;
  return { image, scale: 2 / dot(v, v) };
}

/** Replaces the trailing block S by H S H = S - v w^T - w v^T, lower triangle only. */
function reflectTrailing(
  work: DoubleMatrix,
  first: number,
  v: Float64Array,
  scale: number,
  w: Float64Array,
): void {
  const size = v.length;
  w.fill(0);
  // S v from the lower triangle: row i gives its own sum and its mirror image's contribution.
  for (let i = 0; i < size; i++) {
    const row = rowOf(work, first + i).subarray(first, first + i);
    w[i]! += dot(row, v.subarray(0, i)) + work.values[(first + i) * work.columns + first + i]! * v[i]!;
    addScaled(w.subarray(0, i), v[i]!, row);
  }
  const half = (scale * (scale * dot(w, v))) / 2;
  for (let i = 0; i < size; i++) w[i] = scale * w[i]! - half * v[i]!;
  for (let i = 0; i < size; i++) {
    const row = rowOf(work, first + i).subarray(first, first + i + 1);
    const vi = v[i]!;
    const wi = w[i]!;
    for (let j = 0; j <= i; j++) row[j]! -= vi * w[j]! + wi * v[j]!;
  }
}

/** Replaces rows first.. of b by (I - scale v v^T) times them. */
function reflectRows(b: DoubleMatrix, first: number, v: Float64Array, scale: number): void {
  const { values, columns } = b;
  const projection = new Float64Array(columns);
  for (let i = 0, at = first * columns; i < v.length; i++) {
    const factor = v[i]!;
    for (let c = 0; c < columns; c++, at++) projection[c]! += factor * values[at]!;
  }
  for (let i = 0, at = first * columns; i < v.length; i++) {
    const factor = scale * v[i]!;
    for (let c = 0; c < columns; c++, at++) values[at]! -= factor * projection[c]!;
  }
}
