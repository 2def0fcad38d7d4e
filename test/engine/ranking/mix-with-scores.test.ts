import assert from "node:assert/strict";
import { test } from "node:test";

import { mixWithScores, type WeightedScores } from "../../../src/engine/ranking/mix-with-scores.js";
import { orderByScore } from "../../../src/engine/ranking/order.js";
import { fc } from "../../support/properties.js";

const orderOf = (fitness: WeightedScores, scores: WeightedScores[]): number[] => [
  ...orderByScore("test", mixWithScores(fitness, scores)),
];

test("mixWithScores adds weighted z-scores, worked by hand", () => {
  // z of two values is +-1, of (1, 1) it is 0: 1/4 (1, -1) + (-1, 1) + 2 (0, 0)
  const mixed = mixWithScores({ weight: 0.25, values: [3, 1] }, [
    { weight: 1, values: [-70, -60] },
    { weight: 2, values: [1, 1] },
  ]);
  assert.deepEqual([...mixed], [-0.75, 0.75]);
});

test("the metrics decide, and fitness where they disagree", () => {
  const fitness = { weight: 0.1, values: [2, 1] };
  const [one, other] = [
    { weight: 1, values: [0, 5] },
    { weight: 1, values: [9, 8] },
  ];
  assert.deepEqual(orderOf(fitness, [one]), [1, 0]);
  assert.deepEqual(orderOf(fitness, [one, other]), [0, 1]);
});

test("without scores the fitness decides, whatever its weight", () => {
  assert.deepEqual(orderOf({ weight: 0, values: [1, 3, 2] }, []), [1, 2, 0]);
});

test("a metric that is undefined for a PTM puts it beside the last", () => {
  const scores = [{ weight: 1, values: [-Infinity, 2, 1] }];
  assert.deepEqual(orderOf({ weight: 0.1, values: [1, 2, 3] }, scores), [1, 2, 0]);
});

test("the units of fitness and scores do not matter", () => {
  const values = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 3, maxLength: 3 });
  fc.assert(
    fc.property(values, values, (fitness, score) => {
      const mix = (a: number[], b: number[]): Float64Array =>
        mixWithScores({ weight: 0.5, values: a }, [{ weight: 1, values: b }]);
      const other = mix(
        fitness.map((value) => 100 + 8 * value),
        score.map((value) => value / 16 - 3),
      );
      mix(fitness, score).forEach((value, i) => assert.ok(Math.abs(value - other[i]!) < 1e-9));
    }),
  );
});

test("mixWithScores refuses what does not fit", () => {
  const fitness = { weight: 1, values: [1, 2] };
  assert.throws(() => mixWithScores(fitness, [{ weight: 1, values: [1] }]), /mixWithScores/);
  for (const weight of [-1, NaN, Infinity]) {
    assert.throws(
      () => mixWithScores(fitness, [{ weight, values: [1, 2] }]),
      /weight must be finite and >= 0/,
    );
  }
  assert.throws(() => mixWithScores(fitness, [{ weight: 1, values: [NaN, 2] }]), /NaN/);
});
