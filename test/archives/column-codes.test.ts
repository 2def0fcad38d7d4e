import assert from "node:assert/strict";
import { test } from "node:test";

import {
  decodeColumns,
  decodeProbabilities,
  encodeColumns,
  encodeProbabilities,
} from "../../src/archives/column-codes.js";
import { matrix } from "../../src/engine/matrix.js";
import { fc } from "../support/properties.js";

// Worked by hand: a column from 0 to 65,535 has steps of 1; a constant column has step 0.

test("a column whose range is 65,535 is coded in steps of 1", () => {
  const features = matrix(3, 2, Float32Array.of(0, 7, 65_535, 7, 300.4, 7));
  const { codes, low, step } = encodeColumns(features);
  assert.deepEqual([...codes], [0, 0, 65_535, 0, 300, 0]);
  assert.deepEqual(
    [[...low], [...step]],
    [
      [0, 7],
      [1, 0],
    ],
  );
  assert.deepEqual([...decodeColumns({ codes, low, step }).values], [0, 7, 65_535, 7, 300, 7]);
});

test("probabilities come back as rows that sum to 1", () => {
  const codes = encodeProbabilities(matrix(2, 3, Float32Array.of(0.5, 0.25, 0.25, 1, 0, 0)));
  assert.deepEqual([...codes], [32_768, 16_384, 16_384, 65_535, 0, 0]);
  assert.deepEqual([...decodeProbabilities(codes, 3).values], [0.5, 0.25, 0.25, 1, 0, 0]);
});

// Properties

const float = fc.float({ min: -1000, max: 1000, noNaN: true });

test("decoding gives every value back to within half a step and float32's rounding", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4 }),
      fc.array(float, { minLength: 1, maxLength: 60 }),
      (columns, list) => {
        const rows = Math.ceil(list.length / columns);
        const values = Float32Array.from({ length: rows * columns }, (_, i) => list[i % list.length]!);
        const coded = encodeColumns(matrix(rows, columns, values));
        const decoded = decodeColumns(coded);
        const worst = Math.max(
          ...decoded.values.map(
            (value, i) => Math.abs(value - values[i]!) - coded.step[i % columns]! / 2 - 1000 * 2 ** -22,
          ),
        );
        assert.ok(worst <= 0, `off by ${worst} more than half a step`);
      },
    ),
  );
});

test("coding what was decoded changes nothing", () => {
  const features = matrix(4, 2, Float32Array.of(0.1, -3, 0.7, 9, 0.35, 2, 0.2, 2.5));
  const once = encodeColumns(features);
  assert.deepEqual(encodeColumns(decodeColumns(once)).codes, once.codes);
});
