import assert from "node:assert/strict";
import { test } from "node:test";

import { weightedTau } from "../../../src/engine/ranking/weighted-tau.js";
import { weightedTauByPairs } from "../../../src/engine/ranking/weighted-tau-by-pairs.js";
import { testGoldenCorrelation } from "../../support/golden.js";
import { fc } from "../../support/properties.js";

// Pairs of equally long lists; few distinct values make ties common.
const pairs = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 12 })), {
    minLength: 2,
    maxLength: 70,
  })
  .map((items): [number[], number[]] => [items.map(([x]) => x), items.map(([, y]) => y)]);

test("weightedTau is 1 for equal orders and -1 for opposite ones", () => {
  assert.equal(weightedTau([3, 2, 1], [30, 20, 10]), 1);
  assert.equal(weightedTau([3, 2, 1], [1, 2, 3]), -1);
});

test("weightedTau weighs a swap of the two best more than one of the two worst", () => {
  // Weights 1, 1/2, 1/3; pairs weigh 3/2, 4/3, 5/6, together 11/3.
  assert.ok(Math.abs(weightedTau([3, 2, 1], [2, 3, 1]) - (11 / 3 - 2 * (3 / 2)) / (11 / 3)) < 1e-15);
  assert.ok(Math.abs(weightedTau([3, 2, 1], [3, 1, 2]) - (11 / 3 - 2 * (5 / 6)) / (11 / 3)) < 1e-15);
});

testGoldenCorrelation("weightedTau", "weightedTau.rankNone", (labels, scores) => weightedTau(labels, scores));
testGoldenCorrelation("weightedTau", "weightedTau.rankNoneSwapped", (labels, scores) =>
  weightedTau(scores, labels),
);
testGoldenCorrelation("weightedTau", "weightedTau.rankTrue", (labels, scores) =>
  weightedTau(labels, scores, "mean"),
);
testGoldenCorrelation("weightedTauByPairs", "weightedTau.rankNone", (labels, scores) =>
  weightedTauByPairs(labels, scores),
);

test("weightedTau equals the plain form over all pairs", () => {
  fc.assert(
    fc.property(pairs, ([x, y]) => {
      const fast = weightedTau(x, y);
      const plain = weightedTauByPairs(x, y);
      assert.ok(
        Number.isNaN(fast) ? Number.isNaN(plain) : Math.abs(fast - plain) < 1e-12,
        `${fast} differs from ${plain}`,
      );
    }),
    { numRuns: 400 },
  );
});

test("weightedTau depends on the order of the values alone and not on the order of the items", () => {
  fc.assert(
    fc.property(pairs, fc.nat(), ([x, y], turn) => {
      const rotate = (values: number[]): number[] =>
        values.map((_, i) => values[(i + turn) % values.length]!);
      const tau = weightedTau(x, y);
      const again = weightedTau(
        rotate(x).map((value) => Math.exp(value)),
        rotate(y).map((value) => 5 * value - 100),
      );
      assert.ok(
        Number.isNaN(tau) ? Number.isNaN(again) : Math.abs(tau - again) < 1e-12,
        `${tau} against ${again}`,
      );
    }),
  );
});

test("weightedTau under the mean convention does not tell its arguments apart", () => {
  fc.assert(
    fc.property(pairs, ([x, y]) => {
      assert.ok(Object.is(weightedTau(x, y, "mean"), weightedTau(y, x, "mean")));
    }),
  );
});

test("weightedTau places infinities like any other value", () => {
  assert.equal(weightedTau([3, 2, 1], [Infinity, 5, -Infinity]), 1);
});

test("weightedTau is undefined without two different values in each argument", () => {
  assert.ok(Number.isNaN(weightedTau([], [])));
  assert.ok(Number.isNaN(weightedTau([1], [1])));
  assert.ok(Number.isNaN(weightedTau([1, 2], [4, 4], "mean")));
});

test("weightedTau says which argument holds NaN and where, and which lengths came", () => {
  assert.throws(() => weightedTau([1, NaN], [1, 2]), {
    name: "RangeError",
    message: "weightedTau: every value of the first argument must be a number, got NaN at index 1",
  });
  assert.throws(() => weightedTau([1, 2], [NaN, 2]), /second argument must be a number, got NaN at index 0/);
  assert.throws(() => weightedTau([1, 2], [1, 2, 3]), /weightedTau: .* got 2 and 3/);
});
