import type { Matrix } from "../matrix.js";

/**
 * A dense float64 matrix, row-major. Inside linear algebra only: a Gram matrix in float32 loses every singular value
 * below 3e-4 of the largest, and the metrics need them.
 */
export interface DoubleMatrix {
  readonly rows: number;
  readonly columns: number;
  /** Shape [rows, columns]. */
  readonly values: Float64Array<ArrayBuffer>;
}

/** A matrix of zeros, or of the values given. */
export function doubleMatrix(
  rows: number,
  columns: number,
  values: Float64Array<ArrayBuffer> = new Float64Array(rows * columns),
): DoubleMatrix {
  if (values.length !== rows * columns) {
    throw new RangeError(
      `doubleMatrix: ${rows} x ${columns} needs ${rows * columns} values, got ${values.length}`,
    );
  }
  return { rows, columns, values };
}

/** The same numbers in float64. */
export function widen(matrix: Matrix): DoubleMatrix {
  return doubleMatrix(matrix.rows, matrix.columns, Float64Array.from(matrix.values));
}

/** Row r as a view, not a copy. */
export function rowOf(matrix: DoubleMatrix, r: number): Float64Array<ArrayBuffer> {
  return matrix.values.subarray(r * matrix.columns, (r + 1) * matrix.columns);
}

/** A copy of the block [r0, r1) x [c0, c1). */
export function blockOf(matrix: DoubleMatrix, r0: number, r1: number, c0: number, c1: number): DoubleMatrix {
  const block = doubleMatrix(r1 - r0, c1 - c0);
  for (let r = r0; r < r1; r++) {
    const start = r * matrix.columns;
    block.values.set(matrix.values.subarray(start + c0, start + c1), (r - r0) * block.columns);
  }
  return block;
}

export function transposed(matrix: DoubleMatrix): DoubleMatrix {
  const result = doubleMatrix(matrix.columns, matrix.rows);
  for (let r = 0; r < matrix.rows; r++) {
    for (let c = 0; c < matrix.columns; c++) {
      result.values[c * matrix.rows + r] = matrix.values[r * matrix.columns + c]!;
    }
  }
  return result;
}
