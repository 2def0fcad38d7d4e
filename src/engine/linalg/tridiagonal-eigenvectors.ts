import { multiply } from "../runtime/mat-mul.js";
import { doubleMatrix, type DoubleMatrix, rowOf } from "./double-matrix.js";
import { secularRoot } from "./secular-equation.js";
import { type SymmetricEigen, symmetricEigenvectors } from "./symmetric-eigen.js";
import { dot } from "./vector.js";

/** Matrices up to this size go to QL as a whole. */
const LEAF = 48;

/**
 * All eigenvectors of a symmetric tridiagonal matrix, by divide and conquer.
 *
 * T is two halves plus a rank-one matrix; with the halves' eigenvectors it becomes D + z z^T, whose eigenvalues are roots
 * of the secular equation and whose eigenvectors are known from them. What is cubic is one matrix product a level, where
 * QL turns pairs of rows in JavaScript.
 * Source: Cuppen 1981; deflation as LAPACK's DLAED2; orthogonal vectors by Gu and Eisenstat 1994.
 *
 * @param diagonal    shape [n]
 * @param offDiagonal shape [n] or [n - 1]: element i couples i and i + 1
 * @returns ascending eigenvalues; row j of `coordinates` is eigenvector j
 *
 * Cost: 4/3 n^3 multiplications in matrix products, O(n^2) else; four n x n arrays.
 */
export async function tridiagonalEigenvectors(
  diagonal: Float64Array,
  offDiagonal: Float64Array,
): Promise<SymmetricEigen> {
  const n = diagonal.length;
  if (n <= LEAF) return symmetricEigenvectors(dense(diagonal, offDiagonal));
  const half = Math.floor(n / 2);
  const coupling = offDiagonal[half - 1]!;
  // The rank-one matrix takes |coupling| off both neighbours of the cut.
  const upper = diagonal.slice(0, half);
  const lower = diagonal.slice(half);
  upper[half - 1]! -= Math.abs(coupling);
  lower[0]! -= Math.abs(coupling);
  const first = await tridiagonalEigenvectors(upper, offDiagonal.slice(0, half - 1));
  const second = await tridiagonalEigenvectors(lower, offDiagonal.slice(half, n - 1));
  return merged(first, second, coupling);
}

function dense(diagonal: Float64Array, offDiagonal: Float64Array): DoubleMatrix {
  const n = diagonal.length;
  const matrix = doubleMatrix(n, n);
  for (let i = 0; i < n; i++) {
    matrix.values[i * n + i] = diagonal[i]!;
    if (i + 1 === n) break;
    matrix.values[i * n + i + 1] = offDiagonal[i]!;
    matrix.values[(i + 1) * n + i] = offDiagonal[i]!;
  }
  return matrix;
}

/** Eigenvectors of diag(first, second) + |coupling| u u^T, u = 1 at the end of the first half, the sign after it. */
async function merged(
  first: SymmetricEigen,
  second: SymmetricEigen,
  coupling: number,
): Promise<SymmetricEigen> {
  const { values, vectors, z } = joined(first, second, coupling);
  const kept = deflate(values, vectors, z);
  if (kept.length === 0) return ascending(values, vectors);

  const poles = Float64Array.from(kept, (i) => values[i]!);
  const weights = Float64Array.from(kept, (i) => z[i]! ** 2);
  const size = kept.length;
  const gaps = doubleMatrix(size, size); // row j: poles minus root j
  kept.forEach((i, j) => {
    const { origin, offset } = secularRoot(poles, weights, j);
    const row = rowOf(gaps, j);
    for (let k = 0; k < size; k++) row[k] = poles[k]! - poles[origin]! - offset;
    values[i] = poles[origin]! + offset;
  });
  const signs = Float64Array.from(kept, (i) => Math.sign(z[i]!));
  const combination = secularVectors(poles, gaps, signs);
  const old = doubleMatrix(size, vectors.columns);
  kept.forEach((i, j) => old.values.set(rowOf(vectors, i), j * old.columns));
  const turned = await multiply(combination, old); // [K, K] x [K, n] -> [K, n]
  kept.forEach((i, j) => rowOf(vectors, i).set(rowOf(turned, j)));
  return ascending(values, vectors);
}

/** Both halves in one list by ascending eigenvalue, and z with z z^T the rank-one matrix in their basis. */
function joined(
  first: SymmetricEigen,
  second: SymmetricEigen,
  coupling: number,
): { values: Float64Array; vectors: DoubleMatrix; z: Float64Array } {
  const half = first.values.length;
  const n = half + second.values.length;
  const all = Float64Array.of(...first.values, ...second.values);
  const order = Array.from(all.keys()).sort((i, j) => all[i]! - all[j]!);
  const vectors = doubleMatrix(n, n);
  const z = new Float64Array(n);
  const root = Math.sqrt(Math.abs(coupling));
  order.forEach((from, to) => {
    if (from < half) {
      const vector = rowOf(first.coordinates, from);
      vectors.values.set(vector, to * n);
      z[to] = root * vector[half - 1]!;
    } else {
      const vector = rowOf(second.coordinates, from - half);
      vectors.values.set(vector, to * n + half);
      z[to] = (coupling < 0 ? -root : root) * vector[0]!;
    }
  });
  return { values: Float64Array.from(order, (from) => all[from]!), vectors, z };
}

/**
 * Finds the eigenpairs that the rank-one matrix leaves alone: those without weight, and one of every two that are equal
 * to rounding, after a rotation that gives all their weight to the other. Values, vectors and z are rotated in place.
 *
 * @returns the indices of all others: their values ascend strictly and their weights are positive
 */
function deflate(values: Float64Array, vectors: DoubleMatrix, z: Float64Array): number[] {
  const weight = dot(z, z);
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), weight);
  const negligible = 8 * Number.EPSILON * largest;
  const norm = Math.sqrt(weight);
  const kept: number[] = [];
  for (let i = 0; i < values.length; i++) {
    if (norm * Math.abs(z[i]!) <= negligible) continue;
    const before = kept.at(-1);
    if (before !== undefined) {
      const length = Math.hypot(z[i]!, z[before]!);
      const cosine = z[i]! / length;
      const sine = z[before]! / length;
      const gap = values[i]! - values[before]!;
      if (Math.abs(gap * cosine * sine) <= negligible) {
        rotate(rowOf(vectors, before), rowOf(vectors, i), cosine, sine);
        const low = values[before]!;
        values[before] = low * cosine ** 2 + values[i]! * sine ** 2;
        values[i] = low * sine ** 2 + values[i]! * cosine ** 2;
        z[i] = length;
        z[before] = 0;
        kept.pop();
      }
    }
    kept.push(i);
  }
  return kept;
}

function rotate(a: Float64Array, b: Float64Array, cosine: number, sine: number): void {
  for (let c = 0; c < a.length; c++) {
    const x = a[c]!;
    const y = b[c]!;
    a[c] = cosine * x - sine * y;
    b[c] = cosine * y + sine * x;
  }
}

/**
 * Eigenvectors of D + z z^T from its eigenvalues, rows of unit length. Not the z that was given but the one for which the
 * computed roots are exact: the vectors then are orthogonal to rounding even where roots crowd.
 */
function secularVectors(poles: Float64Array, gaps: DoubleMatrix, signs: Float64Array): DoubleMatrix {
  const size = poles.length;
  const squares = new Float64Array(size);
  for (let i = 0; i < size; i++) squares[i] = -gaps.values[(size - 1) * size + i]!;
  for (let j = 0; j + 1 < size; j++) {
    const row = rowOf(gaps, j);
    // Pole j + 1 stands for root j up to j, pole j after it.
    for (let i = 0; i <= j; i++) squares[i]! *= row[i]! / (poles[i]! - poles[j + 1]!);
    for (let i = j + 1; i < size; i++) squares[i]! *= row[i]! / (poles[i]! - poles[j]!);
  }
  const vectors = doubleMatrix(size, size);
  for (let j = 0; j < size; j++) {
    const row = rowOf(vectors, j);
    const gap = rowOf(gaps, j);
    for (let i = 0; i < size; i++) row[i] = (signs[i]! * Math.sqrt(squares[i]!)) / gap[i]!;
    const length = Math.sqrt(dot(row, row));
    for (let i = 0; i < size; i++) row[i]! /= length;
  }
  return vectors;
}

function ascending(values: Float64Array, vectors: DoubleMatrix): SymmetricEigen {
  const order = Array.from(values.keys()).sort((i, j) => values[i]! - values[j]!);
  const coordinates = doubleMatrix(vectors.rows, vectors.columns);
  order.forEach((from, to) => coordinates.values.set(rowOf(vectors, from), to * vectors.columns));
  return { values: Float64Array.from(order, (from) => values[from]!), coordinates };
}
