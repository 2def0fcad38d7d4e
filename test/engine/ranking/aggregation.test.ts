import assert from "node:assert/strict";
import { test } from "node:test";

import { borda } from "../../../src/engine/ranking/borda.js";
import { copeland } from "../../../src/engine/ranking/copeland.js";
import { aggregationCases } from "../../support/ranking-cases.js";
import { fc } from "../../support/properties.js";

for (const { name, voters, expected } of aggregationCases()) {
  test(`copeland and borda of ${name} are the outside program's`, () => {
    assert.deepEqual([...copeland(voters)], expected.copelandScore);
    assert.deepEqual([...borda(voters)], expected.bordaScore);
  });
}

const elections = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 8 })).chain(([v, m]) =>
  fc.array(fc.array(fc.integer({ min: 0, max: 5 }), { minLength: m, maxLength: m }), {
    minLength: v,
    maxLength: v,
  }),
);

test("copeland gives one point for every pair and borda one for every pair and voter", () => {
  fc.assert(
    fc.property(elections, (voters) => {
      const m = voters[0]!.length;
      const sum = (scores: Float64Array): number => scores.reduce((total, score) => total + score, 0);
      assert.equal(sum(copeland(voters)), (m * (m - 1)) / 2);
      assert.equal(sum(borda(voters)), (voters.length * m * (m - 1)) / 2);
    }),
  );
});

test("copeland and borda of one voter agree", () => {
  assert.deepEqual(copeland([[3, 1, 1, 2]]), borda([[3, 1, 1, 2]]));
});

test("copeland and borda name the voter that they cannot use", () => {
  assert.throws(() => copeland([]), /copeland: there must be at least one voter, got none/);
  assert.throws(() => borda([[1, 2], [1]]), /borda: voter 1 must score 2 items, got 1/);
  assert.throws(
    () => copeland([[1, NaN]]),
    /copeland: every score of voter 0 must be a number, got NaN at index 1/,
  );
});
