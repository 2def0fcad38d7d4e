import assert from "node:assert/strict";
import { test } from "node:test";

import { doubleMatrix, transposed } from "../../../src/engine/linalg/double-matrix.js";
import { orthonormalBasis } from "../../../src/engine/linalg/orthonormal-basis.js";
import { identity, largestDifference, plainProduct, randomMatrix } from "../../support/double-matrices.js";

test("orthonormalBasis of two parallel rows is one unit vector", () => {
  const basis = orthonormalBasis(doubleMatrix(2, 2, Float64Array.of(3, 4, 6, 8)), 1e-10);
  assert.equal(basis.rows, 1);
  assert.ok(largestDifference(basis.values, [0.6, 0.8]) < 1e-16);
});

test("orthonormalBasis keeps directions down to the cut, orthonormal to rounding", () => {
  const rows = randomMatrix(6, 30, 1);
  // Row 5 leaves the span of the others by 1e-8 of its length, row 4 not at all.
  for (let c = 0; c < 30; c++) {
    const own = rows.values[5 * 30 + c]!;
    rows.values[4 * 30 + c] = rows.values[c]! + rows.values[30 + c]!;
    rows.values[5 * 30 + c] = rows.values[2 * 30 + c]! - rows.values[3 * 30 + c]! + 1e-8 * own;
  }
  const basis = orthonormalBasis(rows, 1e-10);
  assert.equal(basis.rows, 5);
  assert.ok(largestDifference(plainProduct(basis, transposed(basis)).values, identity(5).values) < 1e-14);
  assert.equal(orthonormalBasis(rows, 1e-6).rows, 4);
});

test("orthonormalBasis of zeros is empty", () => {
  assert.equal(orthonormalBasis(doubleMatrix(3, 4), 0).rows, 0);
});
