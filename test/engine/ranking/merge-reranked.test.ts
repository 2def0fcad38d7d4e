import assert from "node:assert/strict";
import { test } from "node:test";

import { MERGE_POLICIES, mergeReranked } from "../../../src/engine/ranking/merge-reranked.js";
import { orderByScore } from "../../../src/engine/ranking/order.js";
import { fc } from "../../support/properties.js";

test("mergeReranked lets the PTMs that were run share out their places anew, worked by hand", () => {
  // Coarse order 0 1 2 3 4; run are 0, 2 and 3, whose places are 1st, 3rd and 4th, whatever the unit of their new scores.
  const reranked = new Map([
    [0, -70],
    [2, -90],
    [3, -50],
  ]);
  assert.deepEqual([...mergeReranked([5, 4, 3, 2, 1], reranked, "AMONG_THEMSELVES")], [3, 1, 0, 2, 4]);
});

test("mergeReranked with the full list sorts new scores among the coarse ones, worked by hand", () => {
  // Scores become 3.5 4 0.5 2 1.
  const reranked = new Map([
    [0, 3.5],
    [2, 0.5],
  ]);
  assert.deepEqual([...mergeReranked([5, 4, 3, 2, 1], reranked, "FULL_LIST")], [1, 0, 3, 4, 2]);
});

const scores = fc.array(fc.double({ noNaN: true, min: -10, max: 10 }), { minLength: 1, maxLength: 12 });
const zoo = scores.chain((coarse) =>
  fc.record({
    coarse: fc.constant(coarse),
    reranked: fc
      .array(fc.tuple(fc.nat(coarse.length - 1), fc.double({ noNaN: true })))
      .map((pairs) => new Map(pairs)),
  }),
);

test("mergeReranked without a run is the coarse order, and with any a permutation", () => {
  fc.assert(
    fc.property(zoo, fc.constantFrom(...MERGE_POLICIES), ({ coarse, reranked }, policy) => {
      const order = [...mergeReranked(coarse, new Map(), policy)];
      assert.deepEqual(order, [...orderByScore("test", coarse)]);
      const merged = [...mergeReranked(coarse, reranked, policy)];
      assert.deepEqual(
        merged.sort((a, b) => a - b),
        [...coarse.keys()],
      );
    }),
  );
});

test("mergeReranked among themselves moves nobody else and puts those that were run in their order", () => {
  fc.assert(
    fc.property(zoo, ({ coarse, reranked }) => {
      const before = [...orderByScore("test", coarse)];
      const after = [...mergeReranked(coarse, reranked, "AMONG_THEMSELVES")];
      before.forEach((item, place) => {
        if (!reranked.has(item)) assert.equal(after[place], item);
      });
      const run = after.filter((item) => reranked.has(item)).map((item) => reranked.get(item)!);
      assert.deepEqual(
        run,
        [...run].sort((a, b) => b - a),
      );
    }),
  );
});

test("both policies agree when every PTM was run", () => {
  // Without ties, which each policy breaks in its own way: 0 and -0 are one score.
  const distinct = fc.uniqueArray(fc.double({ noNaN: true }), {
    minLength: 1,
    maxLength: 12,
    comparator: "SameValueZero",
  });
  fc.assert(
    fc.property(distinct, (anew) => {
      const coarse = anew.map((_, i) => i);
      const reranked = new Map(anew.entries());
      assert.deepEqual(
        mergeReranked(coarse, reranked, "AMONG_THEMSELVES"),
        mergeReranked(coarse, reranked, "FULL_LIST"),
      );
    }),
  );
});

test("mergeReranked refuses items outside the zoo and NaN", () => {
  assert.throws(
    () => mergeReranked([1, 2], new Map([[2, 0]]), "FULL_LIST"),
    new RangeError("mergeReranked: an item must be an integer in [0, 2), got 2"),
  );
  for (const policy of MERGE_POLICIES) {
    assert.throws(
      () => mergeReranked([1, 2], new Map([[1, NaN]]), policy),
      /every score must be a number, got NaN/,
    );
    assert.throws(() => mergeReranked([1, NaN], new Map(), policy), /every score must be a number, got NaN/);
  }
});
