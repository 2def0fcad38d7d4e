import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { paretoFront, paretoFrontByPairs } from "../../../src/engine/ranking/pareto-front.js";
import { fc } from "../../support/properties.js";

describe("paretoFront", () => {
  test("keeps what nothing beats, worked by hand", () => {
    const fitness = [5, 4, 4, 3, 9];
    //  item 0: fit and middling; 1: as fit as 2, dearer; 3: cheapest; 4: fittest and dearest
    const cost = [6, 5, 4, 2, 8];
    assert.deepEqual([...paretoFront(fitness, [cost])], [4, 0, 2, 3]);
    // A second cost in which item 1 alone is cheap brings it back.
    assert.deepEqual([...paretoFront(fitness, [cost, [7, 1, 7, 7, 7]])], [4, 0, 2, 1, 3]);
  });

  test("keeps items that are equal in everything, and of those with equal fitness the cheaper", () => {
    assert.deepEqual([...paretoFront([1, 1, 1], [[2, 2, 3]])], [0, 1]);
    assert.deepEqual([...paretoFront([1, 2, 2], [[2, 2, 2]])], [1, 2]);
    assert.deepEqual([...paretoFront([], [[]])], []);
  });

  // Few different numbers, so that ties of every kind come up.
  const level = fc.integer({ min: 0, max: 6 });
  for (const costCount of [1, 2, 4]) {
    test(`is the front by pairs for ${costCount} cost(s)`, () => {
      const item = fc.tuple(level, ...Array.from({ length: costCount }, () => level));
      fc.assert(
        fc.property(fc.array(item, { maxLength: 60 }), (items) => {
          const [fitness = [], ...costs] = Array.from({ length: costCount + 1 }, (_, i) =>
            items.map((numbers) => numbers[i] ?? 0),
          );
          const front = paretoFront(fitness, costs);
          assert.deepEqual(front.slice().sort(), paretoFrontByPairs(fitness, costs));
          for (let i = 1; i < front.length; i++) assert.ok(fitness[front[i - 1]!]! >= fitness[front[i]!]!);
        }),
      );
    });
  }

  test("refuses to compare without a cost, with numbers missing or with NaN", () => {
    assert.throws(() => paretoFront([1], []), /at least one cost is needed/);
    assert.throws(() => paretoFront([1, 2], [[1]]), /every item needs every number, got 2 and 1/);
    assert.throws(() => paretoFront([1], [[NaN]]), /item 0 has a NaN/);
  });
});
