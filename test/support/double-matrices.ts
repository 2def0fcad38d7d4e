import { doubleMatrix, type DoubleMatrix } from "../../src/engine/linalg/double-matrix.js";
import { uniformStream } from "../../src/engine/random.js";

/** Entries uniform in [-1, 1). */
export function randomMatrix(rows: number, columns: number, seed: number): DoubleMatrix {
  const uniform = uniformStream(seed);
  return doubleMatrix(
    rows,
    columns,
    Float64Array.from({ length: rows * columns }, () => 2 * uniform() - 1),
  );
}

/** A B by the definition; what every fast product is held against. */
export function plainProduct(a: DoubleMatrix, b: DoubleMatrix): DoubleMatrix {
  const result = doubleMatrix(a.rows, b.columns);
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < b.columns; j++) {
      let sum = 0;
      for (let k = 0; k < a.columns; k++) sum += a.values[i * a.columns + k]! * b.values[k * b.columns + j]!;
      result.values[i * b.columns + j] = sum;
    }
  }
  return result;
}

/** The largest absolute difference between two equally long arrays. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = a.length === b.length ? 0 : Infinity;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!);
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}

export function identity(n: number): DoubleMatrix {
  const result = doubleMatrix(n, n);
  for (let i = 0; i < n; i++) result.values[i * n + i] = 1;
  return result;
}
