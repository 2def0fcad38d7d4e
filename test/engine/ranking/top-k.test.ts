import assert from "node:assert/strict";
import { test } from "node:test";

import { topK } from "../../../src/engine/ranking/top-k.js";
import { fc } from "../../support/properties.js";

const byIndex = (a: number, b: number): number => a - b;

test("topK gives the best items, best first", () => {
  assert.deepEqual([...topK(Float32Array.of(0.1, 0.9, 0.5, 0.7), 2, byIndex)], [1, 3]);
});

test("topK breaks ties by the given order", () => {
  const ids = ["d", "b", "c", "a"];
  const byId = (a: number, b: number): number => (ids[a]! < ids[b]! ? -1 : 1);
  assert.deepEqual([...topK(Float32Array.of(1, 1, 2, 1), 3, byId)], [2, 3, 1]);
});

test("topK equals the head of the sorted zoo", () => {
  const scores = fc.array(fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constantFrom(Infinity, -Infinity)), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(scores, fc.nat(70), (values, k) => {
      const sorted = values
        .map((_, item) => item)
        .sort((a, b) => (values[a] === values[b] ? b - a : values[a]! > values[b]! ? -1 : 1));
      assert.deepEqual([...topK(Float32Array.from(values), k, (a, b) => b - a)], sorted.slice(0, k));
    }),
    { numRuns: 500 },
  );
});

test("topK of a zoo smaller than k is the whole zoo", () => {
  assert.deepEqual([...topK(Float32Array.of(2, 3), 10, byIndex)], [1, 0]);
  assert.deepEqual([...topK(new Float32Array(0), 10, byIndex)], []);
});

test("topK refuses NaN and a k that is not a count", () => {
  assert.throws(
    () => topK(Float32Array.of(1, NaN), 1, byIndex),
    /topK: every score must be a number, got NaN at index 1/,
  );
  assert.throws(() => topK(Float32Array.of(1), -1, byIndex), /topK: k must be an integer >= 0, got -1/);
  assert.throws(() => topK(Float32Array.of(1), 1.5, byIndex), RangeError);
});
