import assert from "node:assert/strict";
import { test } from "node:test";

import { subsample } from "../../../src/engine/tokens/subsample.js";
import { fc } from "../../support/properties.js";

const labels = fc.array(fc.nat(4), { maxLength: 200 }).map((values) => Int32Array.from(values));

test("subsample keeps min(count, perClass) of every class, ascending, and only depends on the seed", () => {
  fc.assert(
    fc.property(labels, fc.integer({ min: 1, max: 30 }), fc.integer(), (labels, perClass, seed) => {
      const chosen: Int32Array = subsample(labels, perClass, seed);
      assert.deepEqual(chosen, subsample(labels, perClass, seed));
      assert.deepEqual(chosen, Int32Array.from(new Set(chosen)).sort());
      for (let label = 0; label < 5; label++) {
        const count = labels.filter((other) => other === label).length;
        const kept: number = chosen.filter((position) => labels[position] === label).length;
        assert.equal(kept, Math.min(count, perClass));
      }
    }),
  );
});

test("subsample gives every sample of a class the same chance", () => {
  const one = new Int32Array(10);
  const times = new Float64Array(10);
  for (let seed = 0; seed < 4000; seed++) for (const position of subsample(one, 3, seed)) times[position]!++;
  // 4000 draws with probability .3: mean 1200, standard deviation 29; five of them either way.
  for (const count of times) assert.ok(Math.abs(count - 1200) < 145, `chosen ${times.join(" ")} times`);
});

test("subsample refuses a cap that is no count and a seed that is no integer", () => {
  assert.throws(() => subsample(Int32Array.of(0), 0, 1), /perClass must be an integer >= 1, got 0/);
  assert.throws(() => subsample(Int32Array.of(0), 1, 0.5), /a seed must be an integer, got 0.5/);
});
