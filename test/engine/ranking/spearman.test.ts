import assert from "node:assert/strict";
import { test } from "node:test";

import { spearman } from "../../../src/engine/ranking/spearman.js";
import { testGoldenCorrelation } from "../../support/golden.js";

testGoldenCorrelation("spearman", "spearman", spearman);

test("spearman sees the order alone", () => {
  assert.equal(spearman([1, 2, 3], [-Infinity, 0, 1e9]), 1);
});

test("spearman names NaN and unequal lengths", () => {
  assert.throws(() => spearman([NaN], [1]), /spearman: every score must be a number, got NaN at index 0/);
  assert.throws(() => spearman([1], []), /spearman: .* got 1 and 0/);
});
