import assert from "node:assert/strict";
import { test } from "node:test";

import { hitAt } from "../../../src/engine/ranking/hit.js";
import { testGoldenCorrelation } from "../../support/golden.js";

test("hitAt asks whether the PTM ranked first is among the k best", () => {
  assert.equal(hitAt(1, [9, 1, 1], [70, 80, 60]), 0);
  assert.equal(hitAt(2, [9, 1, 1], [70, 80, 60]), 1);
});

testGoldenCorrelation("hitAt", "top1InTop3", (labels, scores) => hitAt(3, scores, labels));

test("hitAt names what it cannot use", () => {
  assert.throws(() => hitAt(0, [1], [1]), /hitAt: k must be an integer >= 1, got 0/);
  assert.throws(() => hitAt(1, [], []), /hitAt: the zoo must hold at least one PTM, got none/);
  assert.throws(() => hitAt(1, [1], [NaN]), /hitAt: every score must be a number, got NaN at index 0/);
});
