import assert from "node:assert/strict";
import { test } from "node:test";

import { doubleMatrix, transposed } from "../../../src/engine/linalg/double-matrix.js";
import {
  multiply,
  multiplyTransposedLeft,
  multiplyTransposedRight,
} from "../../../src/engine/runtime/mat-mul.js";
import { largestDifference, plainProduct, randomMatrix } from "../../support/double-matrices.js";

test("multiply equals the product by definition, transposed or not", async () => {
  for (const [m, k, n] of [
    [1, 1, 1],
    [3, 5, 2],
    [40, 33, 17],
  ] as const) {
    const a = randomMatrix(m, k, 1);
    const b = randomMatrix(k, n, 2);
    const expected = plainProduct(a, b).values;
    assert.ok(largestDifference((await multiply(a, b)).values, expected) < 1e-14);
    assert.ok(largestDifference((await multiplyTransposedLeft(transposed(a), b)).values, expected) < 1e-14);
    assert.ok(largestDifference((await multiplyTransposedRight(a, transposed(b))).values, expected) < 1e-14);
  }
});

test("multiply of nothing is zero", async () => {
  assert.deepEqual(
    (await multiply(doubleMatrix(2, 0), doubleMatrix(0, 2))).values,
    Float64Array.of(0, 0, 0, 0),
  );
  assert.equal((await multiplyTransposedLeft(doubleMatrix(2, 0), doubleMatrix(2, 3))).rows, 0);
});

test("multiply refuses different inner dimensions", async () => {
  await assert.rejects(
    multiply(doubleMatrix(2, 3), doubleMatrix(2, 3)),
    /multiply: inner dimensions must be equal, got 3 and 2/,
  );
});
