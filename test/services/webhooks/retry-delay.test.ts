import assert from "node:assert/strict";
import { test } from "node:test";

import { ATTEMPTS, retryDelay } from "../../../src/services/webhooks/retry-delay.js";
import { fc } from "../../support/properties.js";

const HOUR = 3600;

test("delays are four times as long each time, six hours at most", () => {
  const delays = Array.from({ length: ATTEMPTS - 1 }, (_, i) => retryDelay(i + 1, 0.5));
  assert.deepEqual(delays, [5, 20, 80, 320, 1280, 5120, 20_480, 6 * HOUR, 6 * HOUR]);
});

test("all attempts together take most of a day, however chance falls", () => {
  const total = (chance: number): number =>
    Array.from({ length: ATTEMPTS - 1 }, (_, i) => retryDelay(i + 1, chance)).reduce((a, b) => a + b);
  assert.ok(total(0) > 14 * HOUR && total(1) < 25 * HOUR);
});

test("chance moves a delay by a quarter at most, and further the larger it is", () => {
  const chance = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1000 }), chance, chance, (attempt, a, b) => {
      const middle = retryDelay(attempt, 0.5);
      const delay = retryDelay(attempt, a);
      assert.ok(delay >= 0.75 * middle && delay <= 1.25 * middle);
      const [low, high] = a < b ? [a, b] : [b, a];
      assert.ok(retryDelay(attempt, low) <= retryDelay(attempt, high));
    }),
  );
});
