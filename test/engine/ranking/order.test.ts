import assert from "node:assert/strict";
import { test } from "node:test";

import { meanRanks, orderByScore, ordinalRanks } from "../../../src/engine/ranking/order.js";

const scores = [2, 7, 2, Infinity];

test("orderByScore puts the largest first and equal scores by lower index", () => {
  assert.deepEqual([...orderByScore("test", scores)], [3, 1, 0, 2]);
});

test("ordinalRanks begins at 1 for the best", () => {
  assert.deepEqual([...ordinalRanks("test", scores)], [3, 2, 4, 1]);
});

test("meanRanks lets ties share the mean of their places", () => {
  assert.deepEqual([...meanRanks("test", scores)], [3.5, 2, 3.5, 1]);
});

test("every order refuses NaN in the caller's name", () => {
  assert.throws(
    () => orderByScore("rankZoo", [1, NaN]),
    /rankZoo: every score must be a number, got NaN at index 1/,
  );
});
