import { multiply, multiplyTransposedLeft } from "../runtime/mat-mul.js";
import { blockOf, doubleMatrix, type DoubleMatrix, rowOf } from "./double-matrix.js";
import { addScaled } from "./vector.js";

const PANEL = 64;

/**
 * L^-1 B by forward substitution, in blocks of rows.
 *
 * @param l shape [n, n], lower triangular, no zero on the diagonal
 * @param b shape [n, k]; not changed
 * @returns shape [n, k]
 */
export async function solveLower(l: DoubleMatrix, b: DoubleMatrix): Promise<DoubleMatrix> {
  const n = l.rows;
  const x = doubleMatrix(n, b.columns, b.values.slice());
  for (let start = 0; start < n; start += PANEL) {
    const end = Math.min(start + PANEL, n);
    if (start > 0) {
      const known = await multiply(blockOf(l, start, end, 0, start), blockOf(x, 0, start, 0, x.columns));
      subtractRows(x, start, known);
    }
    for (let r = start; r < end; r++) {
      const row = rowOf(x, r);
      for (let c = start; c < r; c++) addScaled(row, -l.values[r * n + c]!, rowOf(x, c));
      scaleRow(row, 1 / l.values[r * n + r]!);
    }
  }
  return x;
}

/** L^-T B by backward substitution; shapes as in solveLower. */
export async function solveLowerTransposed(l: DoubleMatrix, b: DoubleMatrix): Promise<DoubleMatrix> {
  const n = l.rows;
  const x = doubleMatrix(n, b.columns, b.values.slice());
  const last = Math.floor((n - 1) / PANEL) * PANEL;
  for (let start = last; start >= 0; start -= PANEL) {
    const end = Math.min(start + PANEL, n);
    if (end < n) {
      const known = await multiplyTransposedLeft(
        blockOf(l, end, n, start, end),
        blockOf(x, end, n, 0, x.columns),
      );
      subtractRows(x, start, known);
    }
    for (let r = end - 1; r >= start; r--) {
      const row = rowOf(x, r);
      for (let c = r + 1; c < end; c++) addScaled(row, -l.values[c * n + r]!, rowOf(x, c));
      scaleRow(row, 1 / l.values[r * n + r]!);
    }
  }
  return x;
}

/** A^-1 B for A = L L^T. */
export async function solveCholesky(l: DoubleMatrix, b: DoubleMatrix): Promise<DoubleMatrix> {
  return solveLowerTransposed(l, await solveLower(l, b));
}

function subtractRows(x: DoubleMatrix, firstRow: number, block: DoubleMatrix): void {
  const offset = firstRow * x.columns;
  for (let i = 0; i < block.values.length; i++) x.values[offset + i]! -= block.values[i]!;
}

function scaleRow(row: Float64Array, factor: number): void {
  for (let i = 0; i < row.length; i++) row[i]! *= factor;
}
