import { multiplyTransposedRight } from "../runtime/mat-mul.js";
import { blockOf, doubleMatrix, type DoubleMatrix, rowOf } from "./double-matrix.js";

/** Columns per panel: what is inside a panel runs in JavaScript, what is left of it in one matrix product. */
const PANEL = 64;

/**
 * Cholesky factor: A = L L^T, L lower triangular.
 *
 * Left-looking by panels: a panel first loses the product of everything to its left (one matrix product), then is
 * factored row by row.
 *
 * @param a shape [n, n], symmetric; only the lower triangle is read
 * @returns L, shape [n, n], zeros above the diagonal; null if A is not positive definite
 *
 * Cost: n^3/3 multiplications, one n x n array.
 */
export async function cholesky(a: DoubleMatrix): Promise<DoubleMatrix | null> {
  const { l, skipped } = await choleskySkipping(a, 0);
  return skipped.length === 0 ? l : null;
}

/**
 * Cholesky factor of the rows and columns of A that do not depend on those before them.
 *
 * A pivot (squared diagonal element of L) that is not above `smallestPivot` is replaced by infinity: its column of L
 * becomes zero, and every solve with L gives 0 in that place, as if row and column were not there.
 *
 * @returns L as `cholesky`, and the skipped indices in ascending order
 */
export async function choleskySkipping(
  a: DoubleMatrix,
  smallestPivot: number,
): Promise<{ l: DoubleMatrix; skipped: number[] }> {
  const n = a.rows;
  const l = doubleMatrix(n, n);
  const skipped: number[] = [];
  for (let start = 0; start < n; start += PANEL) {
    const end = Math.min(start + PANEL, n);
    const panel = blockOf(a, start, n, start, end);
    if (start > 0) {
      const left = blockOf(l, start, n, 0, start);
      const known = await multiplyTransposedRight(left, blockOf(l, start, end, 0, start)); // [n - start, panel]
      for (let i = 0; i < panel.values.length; i++) panel.values[i]! -= known.values[i]!;
    }
    for (const r of factorPanel(panel, smallestPivot)) skipped.push(start + r);
    for (let r = 0; r < panel.rows; r++) {
      const width = Math.min(r + 1, panel.columns);
      l.values.set(rowOf(panel, r).subarray(0, width), (start + r) * n + start);
    }
  }
  return { l, skipped };
}

/** Turns a panel (diagonal block on top) into its columns of L; returns the columns that it skipped. */
function factorPanel({ rows, columns, values }: DoubleMatrix, smallestPivot: number): number[] {
  const skipped: number[] = [];
  for (let r = 0; r < rows; r++) {
    const row = r * columns;
    for (let c = 0; c < Math.min(r, columns); c++) {
      const above = c * columns;
      values[row + c] = (values[row + c]! - dotWithin(values, row, above, c)) / values[above + c]!;
    }
    if (r >= columns) continue;
    const pivot = values[row + r]! - dotWithin(values, row, row, r);
    if (!(pivot > smallestPivot)) skipped.push(r);
    values[row + r] = pivot > smallestPivot ? Math.sqrt(pivot) : Infinity;
  }
  return skipped;
}

/** Inner product of two stretches of one array; by offsets, because the many short ones would drown in views. */
function dotWithin(values: Float64Array, a: number, b: number, length: number): number {
  const whole = length & ~1;
  let even = 0;
  let odd = 0;
  for (let i = 0; i < whole; i += 2) {
    even += values[a + i]! * values[b + i]!;
    odd += values[a + i + 1]! * values[b + i + 1]!;
  }
  if (whole < length) even += values[a + whole]! * values[b + whole]!;
  return even + odd;
}

/** log det A from its Cholesky factor L. */
export function logDeterminant(l: DoubleMatrix): number {
  let sum = 0;
  for (let i = 0; i < l.rows; i++) sum += Math.log(l.values[i * l.columns + i]!);
  return 2 * sum;
}
