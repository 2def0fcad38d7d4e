import assert from "node:assert/strict";
import { test } from "node:test";

import { familyScores } from "../../../src/engine/ranking/family-scores.js";
import { staticScores } from "../../../src/engine/ranking/static-ranking.js";
import { rerankedWithPrior, withPrior } from "../../../src/engine/ranking/with-prior.js";
import { zScores } from "../../../src/engine/ranking/z-scores.js";
import { zSum } from "../../../src/engine/ranking/z-sum.js";
import { fc } from "../../support/properties.js";

const near = (got: ArrayLike<number>, expected: readonly number[], tolerance = 1e-12): void => {
  assert.equal(got.length, expected.length);
  const differences = expected.map((value, i) => Math.abs(value - got[i]!));
  assert.ok(
    Math.max(...differences) <= tolerance,
    `${Array.from(got).join(" ")} is not ${expected.join(" ")}`,
  );
};
const numbers = fc.array(
  fc.integer({ min: -1000, max: 1000 }).map((value) => value / 8),
  { minLength: 2, maxLength: 20 },
);

test("zScores are distances from the mean in standard deviations, worked by hand", () => {
  near(zScores([1, 3]), [-1, 1]);
  near(zScores([2, 4, 4, 4, 5, 5, 7, 9]), [-1.5, -0.5, -0.5, -0.5, 0, 0, 1, 2]); // mean 5, deviation 2
});

test("zScores of equal values are 0, also where their mean is rounded", () => {
  near(zScores([0.1, 0.1, 0.1]), [0, 0, 0], 0);
  near(zScores([-Infinity, -Infinity]), [0, 0], 0);
  near(zScores([0, 1e-200]), [0, 0], 0);
  near(zScores([]), []);
});

test("zScores put an undefined value beside the least defined one", () => {
  near(zScores([1, -Infinity, 3]), [...zScores([1, 1, 3])]);
});

test("zScores have mean 0 and deviation 1 and keep the order", () => {
  fc.assert(
    fc.property(numbers, (values) => {
      const z = zScores(values);
      const mean = z.reduce((sum, value) => sum + value, 0) / z.length;
      assert.ok(Math.abs(mean) < 1e-9);
      for (const [i, a] of values.entries()) {
        for (const [j, b] of values.entries()) if (a < b) assert.ok(z[i]! <= z[j]!);
      }
    }),
  );
});

test("zSum hears how far apart a voter sees the items", () => {
  near(
    zSum([
      [0, 1, 10],
      [1, 0, 10],
    ]),
    [...zSum([[0.5, 0.5, 10]])].map((_, i) => zScores([0, 1, 10])[i]! + zScores([1, 0, 10])[i]!),
  );
  // Two lukewarm voters against one that is sure: Copeland would follow the majority.
  const sum = zSum([
    [10, 0, 0, 0],
    [9, 10, 0, 0],
    [9, 10, 0, 0],
  ]);
  assert.ok(sum[0]! > sum[1]!);
});

test("familyScores are the mean static score of the measured members, worked by hand", () => {
  // Standings by share beaten: 1, 1/2, 0 on the first task; 1, 0 on the second.
  const outcomes = [
    [0.9, 0.5, 0.1, null, null],
    [null, 0.8, 0.2, null, null],
  ];
  const families = Int32Array.of(0, 0, 1, 0, 2);
  // PTM 0: 1; PTM 1: (1/2 + 1) / 2; PTM 2: 0; PTM 3 shares its family's mean; PTM 4's family is unknown.
  near(familyScores(outcomes, families), [0.875, 0.875, 0, 0.875, 0.5]);
});

test("familyScores of families of one are the static scores", () => {
  const outcomes = [
    [3, 1, null, 2],
    [1, 2, null, 2],
  ];
  near(familyScores(outcomes, Int32Array.of(4, 5, 6, 7)), [...staticScores(outcomes, 4)]);
});

test("withPrior adds the weighted prior to fitness, both as z-scores, worked by hand", () => {
  near(withPrior([1, 3], [30, 10], 0.5), [-1 + 0.5, 1 - 0.5]);
});

test("withPrior orders as fitness does without a prior and with weight 0", () => {
  near(withPrior([5, 7], undefined, 0.5), [-1, 1]);
  near(withPrior([5, 7], [2, 1], 0), [-1, 1]);
});

test("withPrior does not change with the units of either", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.5, max: 8, noNaN: true }),
      fc.integer({ min: -5, max: 5 }),
      (scale, shift) => {
        const fitness = [0.25, 1, -2, 0.5];
        const scores = [0.9, 0.1, 0.4, 0.4];
        near(
          withPrior(
            fitness.map((value) => scale * value + shift),
            scores.map((value) => 2 * value),
            0.5,
          ),
          [...withPrior(fitness, scores, 0.5)],
          1e-6,
        );
      },
    ),
  );
});

test("rerankedWithPrior puts a run on the zoo's scale and keeps its prior, worked by hand", () => {
  const zoo = [1, 3]; // mean 2, deviation 1
  const [first] = withPrior(zoo, [30, 10], 0.5); // -1 + 0.5
  assert.equal(rerankedWithPrior(zoo, { item: 0, fitness: 4, coarse: first! }), 4 - 2 + 0.5);
  assert.equal(rerankedWithPrior([5, 5], { item: 1, fitness: 6, coarse: 0 }), 1);
});

test("rerankedWithPrior of a run that changed nothing is the coarse fitness", () => {
  fc.assert(
    fc.property(numbers, (zoo) => {
      const coarse = withPrior(zoo, zoo.toReversed(), 0.75);
      for (const [item, fitness] of zoo.entries()) {
        assert.equal(rerankedWithPrior(zoo, { item, fitness, coarse: coarse[item]! }), coarse[item]);
      }
    }),
  );
});

test("values that have no place are refused by name", () => {
  assert.throws(() => zScores([1, NaN]), /zScores: every value must be a number, got NaN at index 1/);
  assert.throws(() => zScores([Infinity]), /zScores: no value may be Infinity, got it at index 0/);
  assert.throws(() => zSum([]), /zSum: there must be at least one voter/);
  assert.throws(() => withPrior([1, 2], [1], 1), /withPrior: both arguments .* got 2 and 1/);
});
