import assert from "node:assert/strict";
import { test } from "node:test";

import { withCompanions } from "../../../src/engine/ranking/with-companions.js";
import { fc } from "../../support/properties.js";

const near = (got: Float32Array, expected: readonly number[]): void => {
  assert.equal(got.length, expected.length);
  got.forEach((value, m) =>
    assert.ok(Math.abs(value - expected[m]!) < 1e-6, `${got.join()} is not ${expected.join()}`),
  );
};

test("withCompanions is the mean of z-scores over the PTMs that all know, worked by hand", () => {
  // The spider's z of the known [1, 3]: -1, 1; on that scale, (v - 2) / 1, the PTM that joined later has 3.
  const own = Float32Array.of(1, 5, 3);
  const known = Int32Array.of(0, 2);
  near(withCompanions(own, known, [[10, 20]]), [-1, 3, 1]);
  near(withCompanions(own, known, [[20, 10]]), [0, 3, 0]);
  near(
    withCompanions(own, known, [
      [20, 10],
      [7, 7],
    ]),
    [0, 3, 0],
  );
});

test("withCompanions leaves fitness as it is without companions, or where they know fewer than two PTMs", () => {
  const own = Float32Array.of(1, 5, 3);
  assert.equal(withCompanions(own, Int32Array.of(0, 2), []), own);
  assert.equal(withCompanions(own, Int32Array.of(1), [[4]]), own);
});

test("companions that say the same as the spider change no order", () => {
  const fitness = fc.array(
    fc.integer({ min: -64, max: 64 }).map((value) => value / 8),
    { minLength: 2, maxLength: 12 },
  );
  fc.assert(
    fc.property(fitness, fc.integer({ min: 1, max: 4 }), (own, count) => {
      const known = Int32Array.from(own.keys());
      const said = withCompanions(Float32Array.from(own), known, Array<number[]>(count).fill(own));
      for (const [i, a] of own.entries()) {
        for (const [j, b] of own.entries()) if (a < b) assert.ok(said[i]! < said[j]!);
      }
    }),
  );
});

test("withCompanions refuses a companion that does not answer for all that it knows", () => {
  assert.throws(
    () => withCompanions(Float32Array.of(1, 2), Int32Array.of(0, 1), [[1]]),
    /withCompanions: both arguments must have one value an item, got 2 and 1/,
  );
});
