import { doubleMatrix, type DoubleMatrix, rowOf } from "./double-matrix.js";
import { addScaled, dot } from "./vector.js";

/**
 * An orthonormal basis of the space that the rows of a matrix span, to the numerical rank.
 *
 * Gram-Schmidt with pivoting: the row with the largest rest is next, until every rest is below the cut; each new
 * basis vector is orthogonalised twice, so the basis is orthonormal to rounding even where rows nearly depend on each
 * other. It resolves singular values down to 1e-15 of the largest; a Gram matrix stops at 1e-8.
 *
 * @param rows shape [m, n]; not changed
 * @param cut  a rest no longer than this counts as zero
 * @returns shape [rank, n], rows orthonormal
 *
 * Cost: 6 m n rank operations, one m x n copy.
 */
export function orthonormalBasis(rows: DoubleMatrix, cut: number): DoubleMatrix {
  const rest = doubleMatrix(rows.rows, rows.columns, rows.values.slice());
  const norms = Float64Array.from({ length: rows.rows }, (_, r) => norm(rowOf(rest, r)));
  const most = Math.min(rows.rows, rows.columns);
  const basis = doubleMatrix(most, rows.columns);
  let rank = 0;
  for (; rank < most; rank++) {
    const pivot = norms.indexOf(largestOf(norms));
    if (!(norms[pivot]! > cut)) break;
    const vector = rowOf(basis, rank);
    vector.set(rowOf(rest, pivot));
    norms[pivot] = 0;
    for (let k = 0; k < rank; k++) addScaled(vector, -dot(vector, rowOf(basis, k)), rowOf(basis, k));
    const length = norm(vector);
    for (let i = 0; i < vector.length; i++) vector[i]! /= length;
    for (let r = 0; r < rest.rows; r++) {
      if (norms[r] === 0) continue;
      const row = rowOf(rest, r);
      addScaled(row, -dot(row, vector), vector);
      norms[r] = norm(row);
    }
  }
  return doubleMatrix(rank, rows.columns, basis.values.slice(0, rank * rows.columns));
}

function norm(vector: Float64Array): number {
  return Math.sqrt(dot(vector, vector));
}

function largestOf(values: Float64Array): number {
  return values.reduce((largest, value) => Math.max(largest, value), 0);
}
