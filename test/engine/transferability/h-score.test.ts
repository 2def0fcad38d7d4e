import assert from "node:assert/strict";
import { test } from "node:test";

import { FeatureStatistics } from "../../../src/engine/transferability/feature-statistics.js";
import { hScoreShrinkage } from "../../../src/engine/transferability/h-score-shrinkage.js";
import { hScore, hScoreByBasis } from "../../../src/engine/transferability/h-score.js";
import { metricCase, worstDifference } from "../../support/metric-cases.js";
import { cloudInput, formulaInput, mapFeatures } from "../../support/synthetic-input.js";

test("hScore is the share of variance between the classes of one feature", async () => {
  // Classes {0, 2} and {-2, 0}: variance 2, of which 1 between the means 1 and -1.
  const input = formulaInput(4, 1, 2, (i) => [0, -2, 2, 0][i]!);
  assert.ok(Math.abs((await hScore(input)) - 0.5) < 1e-15);
});

test("hScore agrees with the golden values", async () => {
  const { compared, worst, where } = await worstDifference(hScore, "hScoreRankTruncated");
  assert.equal(compared, 27);
  assert.ok(worst <= 1, `${worst} tolerances off at ${where}`);
});

test("hScoreShrinkage agrees with the golden values", async () => {
  const { compared, worst, where } = await worstDifference(hScoreShrinkage, "hScoreRegularized");
  assert.equal(compared, 27);
  assert.ok(worst <= 1, `${worst} tolerances off at ${where}`);
});

test("hScore equals its definition by an orthonormal basis, whatever the rank", async () => {
  const clear = cloudInput(120, 12, 5, 1, 2);
  for (const [what, input] of Object.entries({
    clear,
    "dead and repeated features": mapFeatures(clear, (value, i, d) =>
      d === 3 ? 0 : d === 7 ? clear.features.values[i * 12 + 1]! : value,
    ),
    "a feature almost the sum of two": mapFeatures(clear, (value, i, d) => {
      const { values } = clear.features;
      return d === 4 ? Math.fround(values[i * 12]! + values[i * 12 + 1]!) : value;
    }),
    "features of unlike size": mapFeatures(clear, (value, _, d) => value * 10 ** (d - 6)),
    "wide, some samples repeated": formulaInput(30, 40, 3, (i, d) =>
      Math.sin((i < 25 ? i : i - 7) * 40 + d * d),
    ),
    "wide, a sample almost another": formulaInput(30, 40, 3, (i, d) =>
      Math.sin((i < 29 ? i : 3) * 40 + d * d + (i === 29 && d === 5 ? 1e-6 : 0)),
    ),
    "wide, rank 6": formulaInput(30, 40, 3, (i, d) => {
      let sum = 0;
      for (let k = 0; k < 6; k++) sum += ((i * 7 + k * 3) % 11) * ((d * 5 + k) % 13);
      return sum;
    }),
    "wide, repeated samples": formulaInput(30, 40, 3, (i, d) => Math.sin((i % 10) * 40 + d * d)),
  })) {
    const fast = await hScore(input);
    const plain = hScoreByBasis(new FeatureStatistics(input));
    assert.ok(Math.abs(fast - plain) < 1e-9, `${what}: ${fast} instead of ${plain}`);
  }
});

test("hScore does not know an invertible map of the features", async () => {
  const input = cloudInput(80, 3, 4, 2, 3);
  const { values } = input.features;
  const sheared = mapFeatures(input, (value, i, d) => Math.fround(4 * value + (d > 0 ? values[i * 3]! : 0)));
  assert.ok(Math.abs((await hScore(input)) - (await hScore(sheared))) < 1e-5); // float32 rounds the sheared features
});

test("hScore is the number of classes less one where samples are fewer than features", async () => {
  assert.equal(await hScore(cloudInput(20, 50, 4, 0, 4)), 3);
});

test("hScore of constant features is 0, hScoreShrinkage has no value", async () => {
  const input = formulaInput(12, 3, 3, () => 0.1);
  assert.equal(await hScore(input), 0);
  await assert.rejects(hScoreShrinkage(input), /hScoreShrinkage: at least one feature must vary, none does/);
});

test("hScore refuses one class", async () => {
  const input = metricCase("iris_raw");
  const lone = { ...input, labels: new Int32Array(input.labels.length) };
  await assert.rejects(hScore(lone), /hScore: at least 2 classes must have samples, got 1/);
});
