import assert from "node:assert/strict";
import { test } from "node:test";

import { gbcDiagonal, gbcSpherical } from "../../../src/engine/transferability/gbc.js";
import { worstDifference } from "../../support/metric-cases.js";
import { cloudInput, formulaInput, mapFeatures } from "../../support/synthetic-input.js";

test("gbc of two unit Gaussians 4 apart is -2 exp(-2)", async () => {
  const input = formulaInput(4, 1, 2, (i) => [0, 4, 2, 6][i]!);
  assert.ok(Math.abs((await gbcDiagonal(input)) + 2 * Math.exp(-2)) < 1e-15);
  assert.ok(Math.abs((await gbcSpherical(input)) + 2 * Math.exp(-2)) < 1e-15);
});

test("gbcDiagonal agrees with the golden values", async () => {
  const { compared, worst, where } = await worstDifference(gbcDiagonal, "gbcDiagonal");
  assert.equal(compared, 27);
  assert.ok(worst <= 1, `${worst} tolerances off at ${where}`);
});

test("gbcSpherical agrees with the golden values", async () => {
  const { compared, worst, where } = await worstDifference(gbcSpherical, "gbcSphericalExact");
  assert.equal(compared, 27);
  assert.ok(worst <= 1, `${worst} tolerances off at ${where}`);
});

test("gbc of classes that coincide is -C (C - 1), and a shift of all features changes nothing", async () => {
  assert.equal(await gbcDiagonal(formulaInput(12, 3, 3, () => 5)), -6);
  const input = cloudInput(40, 3, 4, 2, 1);
  const shifted = await gbcDiagonal(mapFeatures(input, (value) => value + 4));
  assert.ok(Math.abs(shifted - (await gbcDiagonal(input))) < 1e-5); // float32 rounds the shifted features
});

test("gbc refuses one class", async () => {
  const input = formulaInput(4, 1, 1, (i) => i);
  await assert.rejects(gbcDiagonal(input), /gbcDiagonal: at least 2 classes must have samples, got 1/);
  await assert.rejects(gbcSpherical(input), /gbcSpherical: at least 2 classes/);
});
