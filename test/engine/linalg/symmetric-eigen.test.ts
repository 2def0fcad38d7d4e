import assert from "node:assert/strict";
import { test } from "node:test";

import { doubleMatrix, type DoubleMatrix, transposed } from "../../../src/engine/linalg/double-matrix.js";
import { symmetricEigen, symmetricEigenvectors } from "../../../src/engine/linalg/symmetric-eigen.js";
import { tridiagonalise } from "../../../src/engine/linalg/tridiagonalise.js";
import { tridiagonaliseByPanels } from "../../../src/engine/linalg/tridiagonalise-by-panels.js";
import { identity, largestDifference, plainProduct, randomMatrix } from "../../support/double-matrices.js";
import { fc } from "../../support/properties.js";

function symmetric(n: number, seed: number): DoubleMatrix {
  const x = randomMatrix(n, n, seed);
  return doubleMatrix(
    n,
    n,
    x.values.map((value, i) => value + x.values[(i % n) * n + Math.floor(i / n)]!),
  );
}

function diagonalMatrix(values: Float64Array): DoubleMatrix {
  const result = doubleMatrix(values.length, values.length);
  values.forEach((value, i) => (result.values[i * values.length + i] = value));
  return result;
}

test("symmetricEigen of [[2, 1], [1, 2]] is 1 and 3 along (1, -1) and (1, 1)", async () => {
  const { values, coordinates } = await symmetricEigenvectors(
    doubleMatrix(2, 2, Float64Array.of(2, 1, 1, 2)),
  );
  assert.ok(largestDifference(values, [1, 3]) < 1e-15);
  const [a, b, c, d] = coordinates.values;
  assert.ok(Math.abs(a! + b!) < 1e-15 && Math.abs(c! - d!) < 1e-15);
});

test("symmetricEigen finds the eigenvalues 2 - 2 cos(k pi / (n + 1)) of the second difference", async () => {
  // Known in closed form; 600 is past the size from which panels are used, 40 is not.
  for (const n of [40, 600]) {
    const a = doubleMatrix(n, n);
    for (let i = 0; i < n; i++) {
      a.values[i * n + i] = 2;
      if (i > 0) a.values[i * n + i - 1] = a.values[(i - 1) * n + i] = -1;
    }
    const { values } = await symmetricEigen(a, doubleMatrix(n, 0));
    const expected = Array.from({ length: n }, (_, k) => 2 - 2 * Math.cos(((k + 1) * Math.PI) / (n + 1)));
    assert.ok(largestDifference(values, expected) < 1e-13);
  }
});

test("symmetricEigenvectors rebuild the matrix and are orthonormal", async () => {
  for (const n of [1, 2, 3, 50, 270]) {
    const a = symmetric(n, n);
    const { values, coordinates: rows } = await symmetricEigenvectors(a); // V^T
    const v = transposed(rows);
    const rebuilt = plainProduct(plainProduct(v, diagonalMatrix(values)), rows); // V diag V^T
    assert.ok(largestDifference(rebuilt.values, a.values) < 1e-12, `n = ${n}`);
    assert.ok(largestDifference(plainProduct(rows, v).values, identity(n).values) < 1e-13, `n = ${n}`);
  }
});

test("symmetricEigen gives the coordinates of the right-hand sides, not of the axes", async () => {
  const a = symmetric(30, 1);
  const b = randomMatrix(30, 3, 2);
  const rows = (await symmetricEigenvectors(a)).coordinates;
  const { coordinates } = await symmetricEigen(a, b);
  assert.ok(largestDifference(coordinates.values, plainProduct(rows, b).values) < 1e-13);
});

test("symmetricEigen resolves repeated and vanishing eigenvalues", async () => {
  const x = randomMatrix(4, 20, 3); // rank 4 in 20 dimensions
  const { values } = await symmetricEigen(plainProduct(transposed(x), x), doubleMatrix(20, 0));
  assert.ok(values.subarray(0, 16).every((value) => Math.abs(value) < 1e-14));
  const { values: ones } = await symmetricEigen(identity(12), doubleMatrix(12, 0));
  assert.deepEqual(ones, new Float64Array(12).fill(1));
});

test("symmetricEigen keeps its digits for very small and very large matrices", async () => {
  const a = symmetric(12, 6);
  const { values } = await symmetricEigen(a, doubleMatrix(12, 0));
  for (const factor of [1e-88, 1e76]) {
    const scaled = doubleMatrix(
      12,
      12,
      a.values.map((value) => value * factor),
    );
    const found = (await symmetricEigen(scaled, doubleMatrix(12, 0))).values;
    assert.ok(
      largestDifference(
        found.map((value) => value / factor),
        values,
      ) < 1e-13,
    );
  }
});

test("tridiagonaliseByPanels equals tridiagonalise", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 80 }), fc.nat(1000), async (n, seed) => {
      const a = symmetric(n, seed);
      const b = randomMatrix(n, 2, seed + 1);
      const plain = tridiagonalise(a, b);
      const panels = await tridiagonaliseByPanels(a, b);
      assert.ok(largestDifference(panels.diagonal, plain.diagonal) < 1e-9);
      assert.ok(largestDifference(panels.offDiagonal, plain.offDiagonal) < 1e-9);
      assert.ok(largestDifference(panels.rotated.values, plain.rotated.values) < 1e-9);
    }),
    { numRuns: 40 },
  );
});

test("tridiagonaliseByPanels passes over columns that are tridiagonal already", async () => {
  const a = identity(70);
  const { diagonal, offDiagonal } = await tridiagonaliseByPanels(a, doubleMatrix(70, 0));
  assert.deepEqual(diagonal, new Float64Array(70).fill(1));
  assert.deepEqual(offDiagonal, new Float64Array(70));
});

test("symmetricEigen says which eigenvalue does not converge", async () => {
  await assert.rejects(
    symmetricEigen(doubleMatrix(2, 2, Float64Array.of(1, NaN, NaN, 1)), doubleMatrix(2, 0)),
    /symmetricEigen: eigenvalue 0 of 2 did not converge/,
  );
});
