import { doubleMatrix, type DoubleMatrix, rowOf } from "../linalg/double-matrix.js";
import type { Matrix } from "../matrix.js";
import { multiplyTransposedRight } from "../runtime/mat-mul.js";

/**
 * How far two tasks lie apart, by their class centres: the mean over one's centres of the way to the nearest centre of the
 * other, in the direction in which that is farther.
 *
 * Formula: max(mean_i min_j |a_i - b_j|, mean_j min_i |a_i - b_j|). It is the modified Hausdorff distance (Dubuisson and Jain,
 * ICPR 1994) and at once the relaxed earth mover's distance (Kusner, Sun, Kolkin, Weinberger, ICML 2015) of the two sets
 * with equal weights: a lower bound of the distance between class centres that Cui, Song, Sun, Howard, Belongie (CVPR 2018)
 * found to tell which source transfers to which target, without that distance's linear programme a pair.
 *
 * @param a shape [C, d], C >= 1, finite
 * @param b shape [C', d], C' >= 1, finite
 * @returns >= 0, in units of the encoder's features; 0 exactly if each centre of one set is in the other; symmetric
 * @throws RangeError if the widths differ or a set is empty
 *
 * Cost: O(C C' d).
 */
export function setDistance(a: Matrix, b: Matrix): number {
  requireSets(a, [b]);
  const distances = doubleMatrix(a.rows, b.rows);
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < b.rows; j++) {
      let sum = 0;
      for (let d = 0; d < a.columns; d++) {
        sum += (a.values[i * a.columns + d]! - b.values[j * b.columns + d]!) ** 2;
      }
      distances.values[i * b.rows + j] = Math.sqrt(sum);
    }
  }
  return fartherDirection(distances, 0, b.rows);
}

/**
 * setDistance from one set to many: |a - b|^2 = |a|^2 + |b|^2 - 2 a.b, all inner products in one matrix product.
 *
 * @param set    shape [C, d]
 * @param others shape [C', d] each
 * @returns one distance for each of `others`, within 1e-6 of the sets' lengths
 */
export async function setDistances(set: Matrix, others: readonly Matrix[]): Promise<Float64Array> {
  requireSets(set, others);
  const rows = others.reduce((sum, other) => sum + other.rows, 0);
  const stacked = doubleMatrix(rows, set.columns);
  let next = 0;
  for (const other of others) {
    stacked.values.set(other.values, next * set.columns);
    next += other.rows;
  }
  const own = doubleMatrix(set.rows, set.columns, Float64Array.from(set.values));
  const distances = await multiplyTransposedRight(own, stacked); // [C, d] x [d, R] -> [C, R]
  const [left, right] = [squaredLengths(own), squaredLengths(stacked)];
  for (let i = 0; i < set.rows; i++) {
    for (let j = 0; j < rows; j++) {
      const product = distances.values[i * rows + j]!;
      distances.values[i * rows + j] = Math.sqrt(Math.max(0, left[i]! + right[j]! - 2 * product));
    }
  }
  let begin = 0;
  return Float64Array.from(others, (other) => {
    begin += other.rows;
    return fartherDirection(distances, begin - other.rows, begin);
  });
}

/** Of the distances [C, R] those to the columns [begin, end). */
function fartherDirection({ rows, columns, values }: DoubleMatrix, begin: number, end: number): number {
  const nearestOfColumn = new Float64Array(end - begin).fill(Infinity);
  let fromRows = 0;
  for (let i = 0; i < rows; i++) {
    let nearest = Infinity;
    for (let j = begin; j < end; j++) {
      const distance = values[i * columns + j]!;
      nearest = Math.min(nearest, distance);
      nearestOfColumn[j - begin] = Math.min(nearestOfColumn[j - begin]!, distance);
    }
    fromRows += nearest / rows;
  }
  const fromColumns = nearestOfColumn.reduce((sum, nearest) => sum + nearest / (end - begin), 0);
  return Math.max(fromRows, fromColumns);
}

function squaredLengths(matrix: DoubleMatrix): Float64Array {
  return Float64Array.from({ length: matrix.rows }, (_, r) =>
    rowOf(matrix, r).reduce((sum, value) => sum + value * value, 0),
  );
}

function requireSets(set: Matrix, others: readonly Matrix[]): void {
  for (const other of [set, ...others]) {
    if (other.rows < 1 || other.columns !== set.columns) {
      throw new RangeError(
        `setDistance: sets must be [C >= 1, ${set.columns}], got [${other.rows}, ${other.columns}]`,
      );
    }
  }
}
