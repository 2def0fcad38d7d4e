import assert from "node:assert/strict";
import { test } from "node:test";

import { type Matrix, matrix } from "../../../src/engine/matrix.js";
import { uniformStream } from "../../../src/engine/random.js";
import {
  fingerprint,
  FINGERPRINT_IMAGES as n,
  FINGERPRINT_WIDTH,
} from "../../../src/engine/tokens/fingerprint.js";
import { fc } from "../../support/properties.js";

function drawn(seed: number, columns: number): Matrix {
  const random = uniformStream(seed);
  return matrix(
    n,
    columns,
    Float32Array.from({ length: n * columns }, () => 2 * random() - 1),
  );
}

const inner = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, i) => sum + value * b[i]!, 0);

/** Song et al. 2012, equation 4, as it stands: tr(K L) + 1'K1 1'L1 / ((n-1)(n-2)) - 2 / (n-2) 1'KL1, diagonals empty. */
function unbiasedHsic(a: Matrix, b: Matrix): number {
  const gram = ({ columns, values }: Matrix): number[][] =>
    Array.from({ length: n }, (_, i) =>
      Array.from({ length: n }, (_, j) => {
        let sum = 0;
        for (let d = 0; d < columns; d++) sum += values[i * columns + d]! * values[j * columns + d]!;
        return i === j ? 0 : sum;
      }),
    );
  const [k, l] = [gram(a), gram(b)];
  const total = (m: number[][]): number => m.flat().reduce((sum, value) => sum + value, 0);
  let trace = 0;
  let product = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      trace += k[i]![j]! * l[j]![i]!;
      for (let m = 0; m < n; m++) product += k[i]![j]! * l[j]![m]!;
    }
  }
  return (trace + (total(k) * total(l)) / ((n - 1) * (n - 2)) - (2 / (n - 2)) * product) / (n * (n - 3));
}

test("inner products of fingerprints are the debiased CKA, as its definition gives it", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer(), fc.integer({ min: 2, max: 40 }), (one, other, columns) => {
      const [a, b] = [drawn(one, columns), drawn(other, columns + 3)];
      const expected = unbiasedHsic(a, b) / Math.sqrt(unbiasedHsic(a, a) * unbiasedHsic(b, b));
      const got = inner(fingerprint(a)!, fingerprint(b)!);
      assert.ok(Math.abs(got - expected) < 1e-5, `${got}, expected ${expected}`);
    }),
    { numRuns: 20 },
  );
});

test("a fingerprint is a unit vector that neither scale, nor offset, nor order of the features changes", () => {
  const features = drawn(5, 12);
  const whole = fingerprint(features)!;
  assert.equal(whole.length, FINGERPRINT_WIDTH);
  assert.ok(Math.abs(inner(whole, whole) - 1) < 1e-6);
  const turned = features.values.map((_, i) => {
    const [row, column] = [Math.floor(i / 12), i % 12];
    return 3 * features.values[row * 12 + 11 - column]! + column;
  });
  const same = inner(whole, fingerprint(matrix(n, 12, turned))!);
  assert.ok(same > 1 - 1e-6, String(same));
});

test("rows past the fingerprint's are left out, and too few are refused", () => {
  const features = drawn(6, 4);
  const longer = matrix(n + 1, 4, Float32Array.from([...features.values, 9, 9, 9, 9]));
  assert.deepEqual(fingerprint(longer), fingerprint(features));
  assert.throws(() => fingerprint(matrix(2, 1, Float32Array.of(1, 2))), /at least 32 rows are needed, got 2/);
});

test("features that are the same for every image have no fingerprint", () => {
  assert.equal(fingerprint(matrix(n, 2, new Float32Array(2 * n).fill(0.3))), undefined);
  assert.equal(fingerprint(matrix(n, 2, new Float32Array(2 * n))), undefined);
});
