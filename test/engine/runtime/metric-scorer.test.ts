import assert from "node:assert/strict";
import { test } from "node:test";

import { matrix } from "../../../src/engine/matrix.js";
import { MetricScorer } from "../../../src/engine/runtime/metric-scorer.js";
import { measure } from "../../../src/engine/transferability/registry.js";
import { cloudInput } from "../../support/synthetic-input.js";

const input = cloudInput(40, 6, 3, 1, 5);

test("metricScorer gives the values that the metrics give, in the order asked", async () => {
  const scorer = new MetricScorer();
  const measured = await scorer.measure(input, ["LOG_ME", "K_NN", "H_SCORE"]);
  await scorer.close();
  assert.deepEqual(
    measured.map((measurement) => [measurement.metric, "value" in measurement && measurement.value]),
    [
      ["LOG_ME", await measure("LOG_ME", input)],
      ["K_NN", await measure("K_NN", input)],
      ["H_SCORE", await measure("H_SCORE", input)],
    ],
  );
  assert.ok(measured.every(({ seconds }) => seconds >= 0));
});

test("a metric that is undefined for the input says why, and the others go on", async () => {
  const scorer = new MetricScorer();
  const [nce, logMe] = await scorer.measure(input, ["NCE", "LOG_ME"]);
  await scorer.close();
  assert.match("reason" in nce! ? nce.reason : "", /^measure: NCE needs the PTM's source probabilities/);
  assert.equal("value" in logMe! && logMe.value, await measure("LOG_ME", input));
});

test("metricScorer leaves the caller's arrays alone and sends no more of a shared buffer than the view", async () => {
  const { rows, columns, values } = input.features;
  const shared = new Float32Array(10 + values.length);
  shared.set(values, 10);
  const scorer = new MetricScorer();
  const [measured] = await scorer.measure(
    { ...input, features: matrix(rows, columns, shared.subarray(10)) },
    ["LFC"],
  );
  await scorer.close();
  assert.equal("value" in measured! && measured.value, await measure("LFC", input));
  assert.deepEqual(shared.subarray(10), values);
});

test("a closed metricScorer refuses work, may be closed again, and may never have been used", async () => {
  const scorer = new MetricScorer();
  await scorer.close();
  await scorer.close();
  await assert.rejects(scorer.measure(input, ["LFC"]), /^Error: metricScorer: closed$/);
});
