import assert from "node:assert/strict";
import { test } from "node:test";

import { kendallTauB } from "../../../src/engine/ranking/kendall-tau-b.js";
import { testGoldenCorrelation } from "../../support/golden.js";

test("kendallTauB is the share of concordant less discordant pairs", () => {
  assert.equal(kendallTauB([1, 2, 3], [1, 3, 2]), 1 / 3);
});

testGoldenCorrelation("kendallTauB", "kendallTauB", kendallTauB);

test("kendallTauB names NaN and unequal lengths", () => {
  assert.throws(() => kendallTauB([1, 2], [1, NaN]), /kendallTauB: .* second argument .* got NaN at index 1/);
  assert.throws(() => kendallTauB([1], []), /kendallTauB: .* got 1 and 0/);
});
