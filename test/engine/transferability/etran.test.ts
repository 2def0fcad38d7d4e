import assert from "node:assert/strict";
import { test } from "node:test";

import { etranClassification, etranEnergy } from "../../../src/engine/transferability/etran.js";
import { worstDifference } from "../../support/metric-cases.js";
import { formulaInput } from "../../support/synthetic-input.js";

test("etranEnergy of (0, 0) and (log 3, 0) is the mean of log 2 and log 4", async () => {
  const input = formulaInput(2, 2, 2, (i, d) => (i === 1 && d === 0 ? Math.log(3) : 0));
  assert.ok(Math.abs((await etranEnergy(input)) - 1.5 * Math.log(2)) < 1e-7); // float32 rounds log 3
});

test("etranEnergy agrees with the golden values", async () => {
  const { compared, worst, where } = await worstDifference(etranEnergy, "etranEnergyMean");
  assert.equal(compared, 27);
  assert.ok(worst <= 1, `${worst} tolerances off at ${where}`);
});

test("etranClassification is SFDA's first stage", async () => {
  const { worst, where } = await worstDifference(etranClassification, "sfdaStage1");
  assert.ok(worst <= 1, `${worst} tolerances off at ${where}`);
});

test("etranEnergy does not overflow", async () => {
  assert.equal(await etranEnergy(formulaInput(2, 1, 2, () => 3e38)), Math.fround(3e38));
});

test("etranEnergy refuses a single sample", async () => {
  await assert.rejects(
    etranEnergy(formulaInput(1, 2, 1, () => 0)),
    /etranEnergy: expected at least 2 samples and 1 feature, got 1 x 2/,
  );
});
