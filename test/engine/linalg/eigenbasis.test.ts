import assert from "node:assert/strict";
import { test } from "node:test";

import { doubleMatrix, type DoubleMatrix } from "../../../src/engine/linalg/double-matrix.js";
import { eigenbasisByProducts } from "../../../src/engine/linalg/eigenbasis.js";
import { secularRoot } from "../../../src/engine/linalg/secular-equation.js";
import { type SymmetricEigen, symmetricEigenvectors } from "../../../src/engine/linalg/symmetric-eigen.js";
import { tridiagonalEigenvectors } from "../../../src/engine/linalg/tridiagonal-eigenvectors.js";
import { uniformStream } from "../../../src/engine/random.js";
import { multiplyTransposedRight } from "../../../src/engine/runtime/mat-mul.js";

const uniform = uniformStream(11);

/** Largest deviation of V V^T from I, and of A V^T from V^T diag(values), the latter as a share of the norm. */
async function defects(a: DoubleMatrix, { values, coordinates }: SymmetricEigen): Promise<[number, number]> {
  const n = a.rows;
  const gram = await multiplyTransposedRight(coordinates, coordinates);
  const images = await multiplyTransposedRight(coordinates, a);
  const norm = Math.max(Math.abs(values[0]!), Math.abs(values[n - 1]!), Number.MIN_VALUE);
  let crooked = 0;
  let wrong = 0;
  for (let j = 0; j < n; j++) {
    for (let i = 0; i < n; i++) {
      crooked = Math.max(crooked, Math.abs(gram.values[j * n + i]! - (i === j ? 1 : 0)));
      wrong = Math.max(
        wrong,
        Math.abs(images.values[j * n + i]! - values[j]! * coordinates.values[j * n + i]!),
      );
    }
  }
  return [crooked, wrong / norm];
}

function tridiagonal(diagonal: Float64Array, offDiagonal: Float64Array): DoubleMatrix {
  const n = diagonal.length;
  const a = doubleMatrix(n, n);
  for (let i = 0; i < n; i++) {
    a.values[i * n + i] = diagonal[i]!;
    if (i + 1 < n) a.values[i * n + i + 1] = a.values[(i + 1) * n + i] = offDiagonal[i]!;
  }
  return a;
}

test("secularRoot finds the roots of a quadratic", () => {
  // 1 + 1 / (0 - x) + 1 / (1 - x) = 0 where x^2 - 3 x + 1 = 0.
  const poles = Float64Array.of(0, 1);
  const weights = Float64Array.of(1, 1);
  const [low, high] = [secularRoot(poles, weights, 0), secularRoot(poles, weights, 1)];
  assert.ok(Math.abs(poles[low.origin]! + low.offset - (3 - Math.sqrt(5)) / 2) < 1e-15);
  assert.ok(Math.abs(poles[high.origin]! + high.offset - (3 + Math.sqrt(5)) / 2) < 1e-15);
});

test("secularRoot keeps the digits of a root beside its pole", () => {
  // A weight of 1e-20 moves the root of pole 0 by 1e-20 / (1 + 1 / 5) to first order.
  const { origin, offset } = secularRoot(Float64Array.of(0, 5), Float64Array.of(1e-20, 1), 0);
  assert.equal(origin, 0);
  assert.ok(Math.abs(offset / (1e-20 / 1.2) - 1) < 1e-14, String(offset));
});

const shapes: Record<string, [(i: number, n: number) => number, (i: number) => number]> = {
  random: [uniform, uniform],
  "second differences": [() => 2, () => -1],
  "Wilkinson's, nearly equal pairs": [(i, n) => Math.abs(i - (n - 1) / 2), () => 1],
  "glued copies": [(i) => Math.abs((i % 21) - 10), (i) => (i % 21 === 20 ? 1e-8 : 1)],
  diagonal: [uniform, () => 0],
  zero: [() => 0, () => 0],
  graded: [(i) => 10 ** (-i / 20), (i) => 0.1 * 10 ** (-i / 20)],
  huge: [() => 1e150 * uniform(), () => -1e150 * uniform()],
  tiny: [() => 1e-150 * uniform(), () => 1e-150 * uniform()],
};
for (const [what, [diagonalAt, offDiagonalAt]] of Object.entries(shapes)) {
  test(`tridiagonalEigenvectors are orthonormal and exact: ${what}`, async () => {
    for (const n of [1, 2, 49, 97, 150]) {
      const diagonal = Float64Array.from({ length: n }, (_, i) => diagonalAt(i, n));
      const offDiagonal = Float64Array.from({ length: n }, (_, i) => (i + 1 < n ? offDiagonalAt(i) : 0));
      const found = await tridiagonalEigenvectors(diagonal, offDiagonal);
      const [crooked, wrong] = await defects(tridiagonal(diagonal, offDiagonal), found);
      assert.ok(crooked < 1e-13 && wrong < 1e-13, `n = ${n}: ${crooked}, ${wrong}`);
      assert.deepEqual(found.values, found.values.toSorted());
    }
  });
}

test("eigenbasisByProducts agrees with QL, full rank and not", async () => {
  for (const [n, rank] of [
    [7, 7],
    [40, 40],
    [70, 5],
    [140, 140],
  ] as const) {
    const half = doubleMatrix(
      n,
      rank,
      Float64Array.from({ length: n * rank }, () => uniform() - 0.5),
    );
    const a = await multiplyTransposedRight(half, half);
    const found = await eigenbasisByProducts(a);
    const plain = await symmetricEigenvectors(a);
    const norm = plain.values[n - 1]!;
    found.values.forEach((value, j) => assert.ok(Math.abs(value - plain.values[j]!) < 1e-13 * norm));
    const [crooked, wrong] = await defects(a, found);
    assert.ok(crooked < 1e-13 && wrong < 1e-13, `n = ${n}: ${crooked}, ${wrong}`);
  }
});
