import assert from "node:assert/strict";
import { test } from "node:test";

import { uniformStream } from "../../../src/engine/random.js";
import { approximatedPerformance, drawOrder } from "../../../src/engine/training/supervision.js";
import { fc } from "../../support/properties.js";

const scores = [
  [3, 2, 1, 0],
  [2, 3, 1, 0],
  [3, 1, 2, 0],
];

test("without outcomes the metrics' vote is the approximated performance, worked by hand", () => {
  // 0 beats 1 (2:1), 2 (3:0), 3; 1 beats 2 (2:1) and 3; 2 beats 3
  assert.deepEqual([...approximatedPerformance(scores, "COPELAND")], [3, 2, 1, 0]);
  assert.deepEqual([...approximatedPerformance(scores, "BORDA")], [8, 6, 4, 0]);
});

test("outcomes of all PTMs replace the vote, whatever it said", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 4, maxLength: 4 }),
      fc.constantFrom([scores[0]!], [[1, 1, 1, 1]], scores),
      (outcomes, votes) => {
        const target = approximatedPerformance(votes, "COPELAND", Float64Array.from(outcomes));
        for (const [i, a] of outcomes.entries()) {
          for (const [j, b] of outcomes.entries()) {
            assert.equal(Math.sign(target[i]! - target[j]!), Math.sign(a - b), `${i} and ${j}`);
          }
        }
      },
    ),
  );
});

test("outcomes of some PTMs reorder these in the places they hold and leave the others", () => {
  const target = approximatedPerformance(scores, "COPELAND", Float64Array.of(0.4, NaN, 0.9, NaN));
  assert.deepEqual([...drawOrder(target, uniformStream(0))], [2, 1, 0, 3]);
});

test("tied PTMs come in every order equally often, whatever their place in the registry", () => {
  const random = uniformStream(1);
  const firsts = [0, 0, 0, 0];
  for (let i = 0; i < 3000; i++) firsts[drawOrder(Float64Array.of(5, 5, 1, 5), random)[0]!]!++;
  assert.equal(firsts[2], 0);
  for (const count of [firsts[0]!, firsts[1]!, firsts[3]!])
    assert.ok(Math.abs(count - 1000) < 100, String(firsts));
});

test("a PTM without a target is left out of the order", () => {
  assert.deepEqual([...drawOrder(Float64Array.of(1, NaN, 3), uniformStream(0))], [2, 0]);
});

test("supervision says what does not fit", () => {
  assert.throws(() => approximatedPerformance([], "COPELAND"), /at least one voter/);
  assert.throws(
    () => approximatedPerformance(scores, "BORDA", Float64Array.of(1)),
    /outcomes must hold 4 values, got 1/,
  );
});
