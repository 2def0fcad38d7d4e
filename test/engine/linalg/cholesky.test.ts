import assert from "node:assert/strict";
import { test } from "node:test";

import { cholesky, choleskySkipping, logDeterminant } from "../../../src/engine/linalg/cholesky.js";
import { doubleMatrix, transposed } from "../../../src/engine/linalg/double-matrix.js";
import {
  solveCholesky,
  solveLower,
  solveLowerTransposed,
} from "../../../src/engine/linalg/triangular-solve.js";
import { identity, largestDifference, plainProduct, randomMatrix } from "../../support/double-matrices.js";

// Sizes around the panel of 64.
const SIZES = [1, 2, 63, 64, 65, 150];

function positiveDefinite(n: number) {
  const x = randomMatrix(n + 10, n, n);
  return plainProduct(transposed(x), x);
}

test("cholesky of [[4, 2], [2, 5]] is [[2, 0], [1, 2]], its determinant 16", async () => {
  const l = await cholesky(doubleMatrix(2, 2, Float64Array.of(4, 2, 2, 5)));
  assert.deepEqual(l!.values, Float64Array.of(2, 0, 1, 2));
  assert.equal(logDeterminant(l!), Math.log(16));
});

test("cholesky times its transpose gives the matrix back", async () => {
  for (const n of SIZES) {
    const a = positiveDefinite(n);
    const l = (await cholesky(a))!;
    assert.ok(largestDifference(plainProduct(l, transposed(l)).values, a.values) < 1e-12, `n = ${n}`);
  }
});

test("cholesky gives null for a matrix that is not positive definite", async () => {
  assert.equal(await cholesky(doubleMatrix(2, 2, Float64Array.of(1, 2, 2, 1))), null);
  assert.equal(await cholesky(doubleMatrix(1, 1, Float64Array.of(NaN))), null);
});

test("choleskySkipping solves as if dependent rows and columns were not there", async () => {
  const x = randomMatrix(100, 80, 3);
  for (let i = 0; i < 100; i++) {
    x.values[i * 80 + 70] = x.values[i * 80 + 2]!; // repeated
    x.values[i * 80 + 5] = 0; // dead
  }
  const gram = plainProduct(transposed(x), x);
  const { l, skipped } = await choleskySkipping(gram, 1e-10);
  assert.deepEqual(skipped, [5, 70]);
  const b = randomMatrix(80, 2, 4);
  const solved = await solveCholesky(l, b);
  const product = plainProduct(gram, solved);
  for (let d = 0; d < 80; d++) {
    for (let k = 0; k < 2; k++) {
      if (skipped.includes(d)) assert.equal(solved.values[d * 2 + k], 0);
      else assert.ok(Math.abs(product.values[d * 2 + k]! - b.values[d * 2 + k]!) < 1e-10);
    }
  }
});

test("triangular solves invert the factor from both sides", async () => {
  for (const n of SIZES) {
    const a = positiveDefinite(n);
    const l = (await cholesky(a))!;
    const b = randomMatrix(n, 7, 5);
    assert.ok(largestDifference(plainProduct(l, await solveLower(l, b)).values, b.values) < 1e-11);
    const upper = await solveLowerTransposed(l, b);
    assert.ok(largestDifference(plainProduct(transposed(l), upper).values, b.values) < 1e-11);
    const inverse = await solveCholesky(l, identity(n));
    assert.ok(largestDifference(plainProduct(a, inverse).values, identity(n).values) < 1e-10, `n = ${n}`);
  }
});
