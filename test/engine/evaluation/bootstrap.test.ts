import assert from "node:assert/strict";
import { test } from "node:test";

import { estimateMean, resampleTasks } from "../../../src/engine/evaluation/bootstrap.js";
import { uniformStream } from "../../../src/engine/random.js";

test("the interval of a mean has the width that the central limit says", () => {
  // 0 ... 99: standard error of the mean of 100 draws = sqrt((100^2 - 1) / 12 / 100) = 2.887; 1.96 of them = 5.66.
  const samples = resampleTasks(100, uniformStream(1));
  const { mean, low, high } = estimateMean([...Array(100).keys()], samples)!;
  assert.equal(mean, 49.5);
  assert.ok(Math.abs(mean - low - 5.66) < 0.6, `${mean - low}`);
  assert.ok(Math.abs(high - mean - 5.66) < 0.6, `${high - mean}`);
});

test("equal values have an interval without width", () => {
  assert.deepEqual(estimateMean([2, 2, 2], resampleTasks(3, uniformStream(1))), { mean: 2, low: 2, high: 2 });
});

test("a task without value is left out", () => {
  const samples = resampleTasks(3, uniformStream(1));
  assert.equal(estimateMean([1, null, 3], samples)!.mean, 2);
  assert.equal(estimateMean([null, null, null], samples), null);
});
