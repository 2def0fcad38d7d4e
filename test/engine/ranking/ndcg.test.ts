import assert from "node:assert/strict";
import { test } from "node:test";

import { ndcg } from "../../../src/engine/ranking/ndcg.js";
import { ordinalRanks } from "../../../src/engine/ranking/order.js";
import { testGoldenCorrelation } from "../../support/golden.js";

test("ndcg discounts the place r from 0 by log2(r + 2)", () => {
  const actual = ndcg([1, 2], [1, 0]);
  assert.ok(Math.abs(actual - 1 / Math.log2(3)) < 1e-15);
});

testGoldenCorrelation("ndcg", "ndcgLinear", (labels, scores) => ndcg(scores, labels));
testGoldenCorrelation("ndcg", "ndcgLinear@3", (labels, scores) => ndcg(scores, labels, 3));
testGoldenCorrelation("ndcg", "ndcgLinear@5", (labels, scores) => ndcg(scores, labels, 5));

// The outside program replaces labels by ascending ordinal ranks (ties in order of index) and gains 2^rank - 1.
const exponentialGains = (labels: readonly number[]): number[] =>
  Array.from(
    ordinalRanks(
      "test",
      labels.map((label) => -label),
    ),
    (rank) => 2 ** (rank - 1) - 1,
  );

testGoldenCorrelation("ndcg", "ndcgExpOnRanks", (labels, scores) => ndcg(scores, exponentialGains(labels)));
testGoldenCorrelation("ndcg", "ndcgExpOnRanks@5", (labels, scores) =>
  ndcg(scores, exponentialGains(labels), 5),
);

test("ndcg is 0 where nothing can be gained", () => {
  assert.equal(ndcg([2, 1], [0, 0]), 0);
  assert.equal(ndcg([], []), 0);
});

test("ndcg names what it cannot use", () => {
  assert.throws(() => ndcg([1, 2], [1, -1]), /ndcg: every gain must be >= 0, got -1 at index 1/);
  assert.throws(() => ndcg([1], [Infinity]), /ndcg: every value must be finite/);
  assert.throws(() => ndcg([NaN], [1]), /ndcg: every score must be a number, got NaN at index 0/);
  assert.throws(() => ndcg([1], [1], 0), /ndcg: k must be an integer >= 1, got 0/);
});
