import type { Matrix } from "../matrix.js";
import { type DoubleMatrix, rowOf, widen } from "./double-matrix.js";

/**
 * The rows of a matrix, each divided by its length: the inner product of two is the cosine between the rows that they were.
 *
 * @param matrix shape [n, d]
 * @returns shape [n, d]; a row of zeros stays one, so that its cosine with every other is 0
 */
export function unitRows(matrix: Matrix): DoubleMatrix {
  const unit = widen(matrix);
  for (let r = 0; r < unit.rows; r++) {
    const row = rowOf(unit, r);
    const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    if (length > 0) for (let d = 0; d < row.length; d++) row[d]! /= length;
  }
  return unit;
}
