import assert from "node:assert/strict";
import { test } from "node:test";

import { comparePareto } from "../../../src/engine/ranking/pareto-comparison.js";
import { paretoFrontByPairs } from "../../../src/engine/ranking/pareto-front.js";
import { ParetoThread } from "../../../src/engine/runtime/pareto-thread.js";
import { fc } from "../../support/properties.js";

test("what has no cost is in the order and not on the front, worked by hand", () => {
  const fitness = Float32Array.of(1, 4, 3, 4, 2);
  const { order, front, unknown } = comparePareto(fitness, [Float64Array.of(1, NaN, 5, 9, 7)]);
  assert.deepEqual([...order], [1, 3, 2, 4, 0]);
  assert.deepEqual([...front], [3, 2, 0]); // 4 is dearer than 2 and less fit
  assert.deepEqual([...unknown], [1]);
});

const level = fc.integer({ min: 0, max: 5 });
const item = fc.tuple(level, level, fc.option(level, { nil: NaN }));

test("front and unknown part the zoo, and the front is the front by pairs of what is known", () => {
  fc.assert(
    fc.property(fc.array(item, { maxLength: 40 }), (items) => {
      const fitness = Float32Array.from(items, ([fit]) => fit);
      const costs = [1, 2].map((i) => Float64Array.from(items, (numbers) => numbers[i]!));
      const { order, front, unknown } = comparePareto(fitness, costs);
      assert.deepEqual(
        [...order].sort((a, b) => a - b),
        items.map((_, i) => i),
      );
      const known = items.flatMap(([, , cost], i) => (Number.isNaN(cost) ? [] : [i]));
      const byPairs = paretoFrontByPairs(
        known.map((i) => fitness[i]!),
        costs.map((cost) => known.map((i) => cost[i]!)),
      );
      assert.deepEqual(
        [...front].sort((a, b) => a - b),
        [...byPairs].map((place) => known[place]!),
      );
      assert.equal(known.length + unknown.length, items.length);
    }),
  );
});

test("a thread says the same, takes the arrays over, and says nothing once it is closed", async () => {
  const thread = new ParetoThread();
  const numbers = () => [Float32Array.of(3, 1, 2), [Float64Array.of(3, 1, NaN)]] as const;
  const [fitness, costs] = numbers();
  assert.deepEqual(await thread.compare(fitness, costs), comparePareto(...numbers()));
  assert.equal(fitness.length, 0);
  await thread.close();
  await assert.rejects(thread.compare(...numbers()), /paretoThread: closed/);
});
