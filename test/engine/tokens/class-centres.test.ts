import assert from "node:assert/strict";
import { test } from "node:test";

import { matrix } from "../../../src/engine/matrix.js";
import { ClassCentreAccumulator, classCentres } from "../../../src/engine/tokens/class-centres.js";
import { fc } from "../../support/properties.js";

test("classCentres are the means of the classes, worked by hand", () => {
  const features = matrix(4, 2, Float32Array.of(1, 2, 10, 20, 3, 4, 30, 60));
  assert.deepEqual(classCentres(features, Int32Array.of(1, 0, 1, 0), 2), {
    rows: 2,
    columns: 2,
    values: Float32Array.of(20, 40, 2, 3),
  });
});

test("class centres keep what a float32 sum would lose", () => {
  // 2^24 + 1 is not a float32: summed in float32 the ones would vanish behind the first value.
  const values = new Float32Array(1001).fill(1);
  values[0] = 2 ** 24;
  const centre = classCentres(matrix(1001, 1, values), new Int32Array(1001), 1).values[0];
  assert.equal(centre, Math.fround((2 ** 24 + 1000) / 1001));
});

test("class centres do not depend on how samples are cut into batches", () => {
  const whole = fc.tuple(
    fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 8, maxLength: 40 }),
    fc.nat(7),
  );
  fc.assert(
    fc.property(whole, ([numbers, cut]) => {
      const rows = Math.floor(numbers.length / 2);
      const features = matrix(rows, 2, Float32Array.from(numbers.slice(0, rows * 2)));
      const labels = Int32Array.from({ length: rows }, (_, i) => i % 3);
      const split = Math.min(cut, rows);
      const accumulator = new ClassCentreAccumulator(3, 2);
      accumulator.add(matrix(split, 2, features.values.subarray(0, split * 2)), labels.subarray(0, split));
      accumulator.add(matrix(rows - split, 2, features.values.subarray(split * 2)), labels.subarray(split));
      assert.deepEqual(accumulator.finish(), classCentres(features, labels, 3));
    }),
  );
});

test("classCentres says what does not fit", () => {
  const features = matrix(2, 1, Float32Array.of(1, 2));
  assert.throws(
    () => classCentres(features, Int32Array.of(0, 2), 2),
    /labels must be integers in \[0, 2\), got 2 at index 1/,
  );
  assert.throws(() => classCentres(features, Int32Array.of(0, -1), 2), /got -1 at index 1/);
  assert.throws(() => classCentres(features, Int32Array.of(0, 0), 2), /class 1 has none/);
  assert.throws(() => classCentres(features, Int32Array.of(0), 2), /2 samples need 2 labels, got 1/);
  assert.throws(
    () => classCentres(matrix(1, 1, Float32Array.of(NaN)), Int32Array.of(0), 1),
    /got NaN at sample 0/,
  );
  assert.throws(() => new ClassCentreAccumulator(0, 3), /got 0 and 3/);
  assert.throws(
    () => new ClassCentreAccumulator(2, 3).add(features, Int32Array.of(0, 1)),
    /must be 3 wide, got 1/,
  );
});

test("a refused batch adds nothing", () => {
  const accumulator = new ClassCentreAccumulator(1, 1);
  accumulator.add(matrix(1, 1, Float32Array.of(4)), Int32Array.of(0));
  assert.throws(() => accumulator.add(matrix(2, 1, Float32Array.of(8, Infinity)), Int32Array.of(0, 0)));
  assert.deepEqual(accumulator.finish().values, Float32Array.of(4));
});
