import assert from "node:assert/strict";
import { test } from "node:test";

import { regretAt } from "../../../src/engine/ranking/regret.js";
import { testGoldenCorrelation } from "../../support/golden.js";

test("regretAt is the best outcome minus the best among the first k", () => {
  assert.equal(regretAt(1, [3, 2, 1], [70, 80, 95]), 25);
  assert.equal(regretAt(2, [3, 2, 1], [70, 80, 95]), 15);
  assert.equal(regretAt(3, [3, 2, 1], [70, 80, 95]), 0);
});

test("regretAt orders equal fitness by lower index", () => {
  assert.equal(regretAt(1, [1, 1], [10, 30]), 20);
  assert.equal(regretAt(1, [1, 1], [30, 10]), 0);
});

testGoldenCorrelation("regretAt", "regret@1", (labels, scores) => regretAt(1, scores, labels));
testGoldenCorrelation("regretAt", "regret@3", (labels, scores) => regretAt(3, scores, labels));

test("regretAt names what it cannot use", () => {
  assert.throws(() => regretAt(0, [1], [1]), /regretAt: k must be an integer >= 1, got 0/);
  assert.throws(() => regretAt(1, [], []), /regretAt: the zoo must hold at least one PTM, got none/);
  assert.throws(() => regretAt(1, [1, 2], [1]), /regretAt: .* got 2 and 1/);
  assert.throws(() => regretAt(1, [NaN], [1]), /regretAt: every score must be a number, got NaN at index 0/);
  assert.throws(
    () => regretAt(1, [1], [Infinity]),
    /regretAt: every value must be finite, got Infinity at index 0/,
  );
});
