import assert from "node:assert/strict";
import { test } from "node:test";

import { transRate, transRateWeighted } from "../../../src/engine/transferability/trans-rate.js";
import { metricCase, worstDifference } from "../../support/metric-cases.js";
import { cloudInput, formulaInput, mapFeatures, reordered } from "../../support/synthetic-input.js";

test("transRate of one feature is a difference of logarithms", async () => {
  // Classes {2, -2} and {0, 0}: 1/2 log(1 + 8 / 4e-4) less the mean of 1/2 log(1 + 8 / 2e-4) and 0.
  const input = formulaInput(4, 1, 2, (i) => [2, 0, -2, 0][i]!);
  const expected = Math.log(20_001) / 2 - Math.log(40_001) / 4;
  assert.ok(Math.abs((await transRate(input)) - expected) < 1e-12);
  assert.ok(Math.abs((await transRateWeighted(input)) - expected) < 1e-12);
});

test("transRate agrees with the golden values", async () => {
  const { compared, worst, where } = await worstDifference(transRate, "transRate");
  assert.equal(compared, 26); // undefined for the case with a missing class
  assert.ok(worst <= 1, `${worst} tolerances off at ${where}`);
});

test("transRateWeighted agrees with the golden values", async () => {
  const { compared, worst, where } = await worstDifference(transRateWeighted, "transRateWeighted");
  assert.equal(compared, 27);
  assert.ok(worst <= 1, `${worst} tolerances off at ${where}`);
});

test("transRate passes over a class without samples", async () => {
  const input = metricCase("missing_class_n90_d10_c4");
  const renumbered = {
    ...input,
    labels: input.labels.map((label) => label - (label > 1 ? 1 : 0)),
    classCount: 3,
  };
  assert.equal(await transRate(input), await transRate(renumbered));
});

test("transRate does not know the order of samples or a rotation", async () => {
  const input = cloudInput(50, 2, 3, 2, 1);
  const score = await transRate(input);
  const backwards = reordered(
    input,
    Array.from({ length: 50 }, (_, i) => 49 - i),
  );
  assert.ok(Math.abs((await transRate(backwards)) - score) < 1e-10);
  const { values } = input.features;
  const turned = mapFeatures(input, (_, i, d) => (d === 0 ? -values[2 * i + 1]! : values[2 * i]!));
  assert.ok(Math.abs((await transRate(turned)) - score) < 1e-10);
});

test("transRate stays finite where the identity drowns in the features", async () => {
  const input = cloudInput(12, 40, 3, 2, 2);
  assert.ok(Number.isFinite(await transRate(mapFeatures(input, (value) => value * 1e30))));
});

test("transRate refuses one class", async () => {
  const input = formulaInput(4, 1, 1, (i) => i);
  await assert.rejects(transRate(input), /transRate: at least 2 classes must have samples, got 1/);
});
