import assert from "node:assert/strict";
import { test } from "node:test";

import { adamScalars } from "../../../src/engine/training/adam.js";
import { derivedSeed } from "../../../src/engine/training/derived-seed.js";
import { cosineRate } from "../../../src/engine/training/schedule.js";

test("cosineRate falls from the first rate to the last, half way in the middle", () => {
  assert.equal(cosineRate(0, 101, 1, 0.2), 1);
  assert.ok(Math.abs(cosineRate(50, 101, 1, 0.2) - 0.6) < 1e-12);
  assert.ok(Math.abs(cosineRate(100, 101, 1, 0.2) - 0.2) < 1e-12);
  assert.equal(cosineRate(0, 1, 1, 0.2), 1);
});

test("adamScalars at the first step undo the moments' start at zero, worked by hand", () => {
  const { stepSize, epsilon, keep } = adamScalars(1, 0.01, 0.1);
  // m = 0.1 g, v = 0.001 g^2: the step 0.01 must come out of stepSize * 0.1 / sqrt(0.001)
  assert.ok(Math.abs((stepSize * 0.1) / Math.sqrt(0.001) - 0.01) < 1e-12);
  assert.ok(Math.abs(epsilon - 1e-8 * Math.sqrt(0.001)) < 1e-20);
  assert.equal(keep, 0.999);
});

test("derivedSeed gives every part a seed of its own", () => {
  const seeds = new Set<number>();
  for (let seed = 0; seed < 50; seed++) {
    for (let part = 0; part < 50; part++) seeds.add(derivedSeed(seed, part));
  }
  assert.equal(seeds.size, 2500);
  assert.ok([...seeds].every((seed) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32));
});
