import assert from "node:assert/strict";
import { test } from "node:test";

import { preprocess } from "../../../src/engine/tokens/preprocess.js";
import type { ImageInput } from "../../../src/engine/tokens/preprocess.js";

const plain: ImageInput = { layout: "NCHW", height: 1, width: 2, range: [0, 1], mean: 0, std: 1 };
/** Two pixels: (0, 51, 102) and (153, 204, 255). */
const images = { count: 1, height: 1, width: 2, pixels: Uint8Array.of(0, 51, 102, 153, 204, 255) };

test("preprocess scales into the range and puts channels first", () => {
  const { values, shape } = preprocess(images, plain);
  assert.deepEqual(shape, [1, 3, 1, 2]);
  assert.deepEqual(values, Float32Array.of(0, 0.6, 0.2, 0.8, 0.4, 1));
});

test("preprocess keeps channels last for NHWC", () => {
  const { values, shape } = preprocess(images, { ...plain, layout: "NHWC", range: [0, 255] });
  assert.deepEqual(shape, [1, 1, 2, 3]);
  assert.deepEqual([...values], [...images.pixels]);
});

test("preprocess applies mean and std of each channel in the range's units", () => {
  const { values } = preprocess(images, { ...plain, range: [-1, 1], mean: [0, 0.2, -0.2], std: [1, 2, 0.5] });
  const expected = [-1, 0.2, (-0.6 - 0.2) / 2, (0.6 - 0.2) / 2, (-0.2 + 0.2) / 0.5, (1 + 0.2) / 0.5];
  values.forEach((value, i) => assert.ok(Math.abs(value - expected[i]!) < 1e-6, `${value} at ${i}`));
});

test("preprocess resizes images of another size and keeps images apart", () => {
  const two = { count: 2, height: 2, width: 2, pixels: new Uint8Array(24).fill(255, 12) };
  const { values, shape } = preprocess(two, { ...plain, height: 3, width: 1 });
  assert.deepEqual(shape, [2, 3, 3, 1]);
  assert.deepEqual([...values], [...new Float32Array(9), ...new Float32Array(9).fill(1)]);
});

test("preprocess says which part of a signature makes no sense", () => {
  assert.throws(() => preprocess(images, { ...plain, range: [1, 0] }), /range must be .* got \[1, 0\]/);
  assert.throws(() => preprocess(images, { ...plain, std: [1, 0, 1] }), /std must be positive, got 1, 0, 1/);
  assert.throws(
    () => preprocess(images, { ...plain, mean: NaN }),
    /mean must be a finite number or three, got NaN/,
  );
  assert.throws(() => preprocess(images, { ...plain, height: 0 }), /integers >= 1, got 0/);
});
