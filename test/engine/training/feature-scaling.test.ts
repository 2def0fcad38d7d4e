import assert from "node:assert/strict";
import { test } from "node:test";

import { matrix } from "../../../src/engine/matrix.js";
import { uniformStream } from "../../../src/engine/random.js";
import { foldScaling, measureScaling, scaleFeatures } from "../../../src/engine/training/feature-scaling.js";

const random = uniformStream(3);
const features = matrix(
  50,
  3,
  Float32Array.from({ length: 150 }, (_, i) => (i % 3 === 2 ? 7 : 10 * random() - 2 * (i % 3))),
);

test("scaled features have mean 0 and deviation 1; a constant feature becomes 0", () => {
  const { mean, inverseDeviation } = measureScaling(scaleFeatures(features, measureScaling(features)));
  for (const column of [0, 1]) {
    assert.ok(Math.abs(mean[column]!) < 1e-6);
    assert.ok(Math.abs(inverseDeviation[column]! - 1) < 1e-6);
  }
  assert.equal(mean[2], 0);
});

test("a folded projection reads raw features as the plain one reads scaled ones", () => {
  const scaling = measureScaling(features);
  const weight = matrix(2, 3, Float32Array.of(1, -2, 3, 0.5, 0.25, -1));
  const bias = Float32Array.of(0.1, -0.2);
  const folded = foldScaling(weight, bias, scaling);
  const scaled = scaleFeatures(features, scaling);
  const project = (w: Float32Array, b: number, out: number, row: Float32Array): number =>
    b + row.reduce((sum, value, i) => sum + w[out * 3 + i]! * value, 0);
  for (let n = 0; n < 50; n++) {
    for (const out of [0, 1]) {
      const plain = project(weight.values, bias[out]!, out, scaled.values.subarray(3 * n, 3 * n + 3));
      const raw = project(
        folded.weight.values,
        folded.bias[out]!,
        out,
        features.values.subarray(3 * n, 3 * n + 3),
      );
      assert.ok(Math.abs(plain - raw) < 1e-5, `${plain}, folded ${raw}`);
    }
  }
});

test("scaling says what does not fit", () => {
  assert.throws(() => measureScaling(matrix(0, 3, new Float32Array())), /at least one sample/);
  assert.throws(
    () => scaleFeatures(matrix(1, 2, new Float32Array(2)), measureScaling(features)),
    /expected 3 features, got 2/,
  );
});
