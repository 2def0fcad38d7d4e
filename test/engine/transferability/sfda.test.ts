import assert from "node:assert/strict";
import { test } from "node:test";

import { sfda, sfdaFirstStage } from "../../../src/engine/transferability/sfda.js";
import { metricCase, worstDifference } from "../../support/metric-cases.js";
import { cloudInput, formulaInput, mapFeatures, reordered } from "../../support/synthetic-input.js";

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

test("sfda of one feature is worked out by hand", async () => {
  // Classes {-3, -1} and {1, 3}: S_w = 1 whatever the shrinkage, so the log odds of x are 4x and p = s(4), s(12).
  const input = formulaInput(4, 1, 2, (i) => [-3, 1, -1, 3][i]!);
  assert.ok(Math.abs((await sfdaFirstStage(input)) - (sigmoid(4) + sigmoid(12)) / 2) < 1e-15);
  // ConfMix: q = s(2p - 1) mixes x with the other class's mean; then the same discriminant on what results.
  const mixed = [1, 3].map((x) => {
    const q = sigmoid(2 * sigmoid(4 * x) - 1);
    return q * x - (1 - q) * 2;
  });
  const mean = (mixed[0]! + mixed[1]!) / 2;
  const variance = ((mixed[0]! - mean) ** 2 + (mixed[1]! - mean) ** 2) / 2;
  const expected =
    (sigmoid((2 * mixed[0]! * mean) / variance) + sigmoid((2 * mixed[1]! * mean) / variance)) / 2;
  assert.ok(Math.abs((await sfda(input)) - expected) < 1e-14);
});

test("sfda agrees with the golden values", async () => {
  const { compared, worst, where } = await worstDifference(sfda, "sfda");
  assert.equal(compared, 26); // undefined for the case with a missing class
  assert.ok(worst <= 1, `${worst} tolerances off at ${where}`);
});

test("sfdaFirstStage agrees with the golden values", async () => {
  const { compared, worst, where } = await worstDifference(sfdaFirstStage, "sfdaStage1");
  assert.equal(compared, 26);
  assert.ok(worst <= 1, `${worst} tolerances off at ${where}`);
});

test("sfda does not know the order of samples and passes over a class without any", async () => {
  const input = cloudInput(60, 4, 3, 2, 1);
  const backwards = reordered(
    input,
    Array.from({ length: 60 }, (_, i) => 59 - i),
  );
  assert.ok(Math.abs((await sfda(backwards)) - (await sfda(input))) < 1e-12);
  const gap = metricCase("missing_class_n90_d10_c4");
  const renumbered = {
    ...gap,
    labels: gap.labels.map((label) => label - (label > 1 ? 1 : 0)),
    classCount: 3,
  };
  assert.equal(await sfda(gap), await sfda(renumbered));
});

test("sfda stays a probability at the ends of float32's range", async () => {
  const input = cloudInput(40, 6, 4, 2, 2);
  for (const factor of [1e-44, 1e-30, 1e30, 5e37]) {
    const score = await sfda(mapFeatures(input, (value) => value * factor));
    assert.ok(score >= 0 && score <= 1, `${score} at ${factor}`);
  }
});

test("sfda refuses one class, and classes without variation", async () => {
  await assert.rejects(
    sfda(formulaInput(4, 1, 1, (i) => i)),
    /sfda: at least 2 classes must have samples, got 1/,
  );
  await assert.rejects(
    sfda(formulaInput(6, 2, 3, (i) => i % 3)),
    /sfda: at least one feature must vary within a class, none does/,
  );
});
