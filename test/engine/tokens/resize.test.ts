import assert from "node:assert/strict";
import { test } from "node:test";

import { resize } from "../../../src/engine/tokens/resize.js";

/** The same gray image in all three channels. */
function gray(height: number, width: number, values: number[]): Parameters<typeof resize>[0] {
  return {
    count: 1,
    height,
    width,
    pixels: Float32Array.from(values.flatMap((value) => [value, value, value])),
  };
}

const image = gray(4, 5, [0, 1, 4, 9, 16, 25, 36, 49, 64, 81, 3, 24, 47, 72, 2, 31, 62, 95, 33, 70]);

// prettier-ignore
const GOLDEN: [height: number, width: number, values: number[]][] = [
  // Pillow 12.3.0, Image.fromarray(float32).resize((width, height), Image.BILINEAR)
  [2, 3, [14.6327, 29.873, 41.7347, 28.3673, 59.0635, 47.449]],
  [7, 6, [0.0, 0.75, 2.75, 6.0833, 10.75, 16.0, 8.9286, 12.3571, 17.3333, 23.6429, 31.2857, 39.2143, 23.2143, 30.9286,
    40.6667, 51.7381, 64.1429, 76.3571, 14.0, 26.0, 40.5, 56.3333, 61.375, 41.5, 5.0, 21.2857, 40.5476, 58.256, 53.625,
    6.8571, 21.0, 41.5714, 65.5952, 64.9702, 46.625, 45.7143, 31.0, 54.25, 81.25, 69.1667, 42.25, 70.0]],
  [3, 9, [7.5, 8.8333, 11.0556, 14.1667, 17.5, 21.9444, 26.6111, 32.1667, 35.5, 14.0, 19.3333, 28.2222, 38.0, 48.0,
    59.1111, 65.0556, 50.3333, 41.5, 22.6, 31.9333, 47.4889, 63.9333, 80.6, 60.6556, 45.2444, 47.9667, 49.6]],
];

for (const [height, width, expected] of GOLDEN) {
  test(`resize agrees with Pillow from 4 x 5 to ${height} x ${width}`, () => {
    const { pixels } = resize(image, height, width);
    for (let channel = 0; channel < 3; channel++) {
      const difference = Math.max(...expected.map((value, i) => Math.abs(pixels[i * 3 + channel]! - value)));
      assert.ok(difference <= 6e-5, `largest difference ${difference}; Pillow's values have four decimals`);
    }
  });
}

test("resize halves by averaging with weights 1 3 3 1, worked by hand", () => {
  // centre 2 between four pixels, reach 2: distances 1.5 .5 .5 1.5 -> weights 1 3 3 1 (of 8), away from the border
  const { pixels } = resize(gray(1, 6, [0, 8, 16, 0, 8, 0]), 1, 3);
  assert.equal(pixels[3], (8 + 3 * 16 + 0 + 8) / 8);
});

test("a constant image stays constant at every size", () => {
  for (const size of [1, 2, 5, 7, 16]) {
    const { pixels } = resize(
      gray(
        5,
        5,
        Array.from({ length: 25 }, () => 100),
      ),
      size,
      size,
    );
    assert.ok(pixels.every((value) => value === 100));
  }
});

test("resize leaves images alone that have the size", () => {
  assert.equal(resize(image, 4, 5), image);
});

test("resize refuses sizes and pixels that make no image", () => {
  assert.throws(() => resize(image, 0, 5), /heights and widths must be integers >= 1, got 0/);
  assert.throws(() => resize({ ...image, count: 2 }, 4, 4), /images \[2, 4, 5, 3\] need 120 values, got 60/);
});
