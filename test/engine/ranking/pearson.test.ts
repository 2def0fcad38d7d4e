import assert from "node:assert/strict";
import { test } from "node:test";

import { pearson } from "../../../src/engine/ranking/pearson.js";
import { testGoldenCorrelation } from "../../support/golden.js";

testGoldenCorrelation("pearson", "pearson", pearson);

test("pearson is undefined for equal values even where their mean is rounded", () => {
  assert.ok(Number.isNaN(pearson([0.1, 0.1, 0.1], [1, 2, 3])));
});

test("pearson survives values whose squares over- or underflow", () => {
  assert.ok(Math.abs(pearson([1e308, -1e308, 0], [1, -1, 0]) - 1) < 1e-15);
  assert.ok(Math.abs(pearson([1e-300, -1e-300, 0], [1, -1, 0]) - 1) < 1e-15);
});

test("pearson names values that are not finite and unequal lengths", () => {
  assert.throws(
    () => pearson([1, Infinity], [1, 2]),
    /pearson: every value must be finite, got Infinity at index 1/,
  );
  assert.throws(() => pearson([1], []), /pearson: .* got 1 and 0/);
});
