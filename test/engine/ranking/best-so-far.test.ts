import assert from "node:assert/strict";
import { test } from "node:test";

import { BestSoFar } from "../../../src/engine/ranking/best-so-far.js";
import { topK } from "../../../src/engine/ranking/top-k.js";
import { fc } from "../../support/properties.js";

test("the best of tiles are the best of the whole, ties by position", () => {
  const zoo = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 60 });
  fc.assert(
    fc.property(
      zoo,
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 20 }),
      (items, k, tileRows) => {
        const scores = Float32Array.from(items);
        const best = new BestSoFar(k);
        for (let start = 0; start < scores.length; start += tileRows) {
          best.add(start, scores.subarray(start, start + tileRows));
        }
        const expected = topK(scores, k, (a, b) => a - b);
        assert.deepEqual(best.best().positions, expected);
        assert.deepEqual(
          best.best().scores,
          Float32Array.from(expected, (position) => scores[position]!),
        );
      },
    ),
  );
});

test("only admitted items enter", () => {
  const best = new BestSoFar(3);
  best.add(6, Float32Array.of(5, 4, 3, 2), Uint8Array.of(0b01000000, 0b00000010));
  assert.deepEqual([...best.best().positions], [6, 9]);
  assert.deepEqual([...best.best().scores], [5, 2]);
});

test("nothing in, nothing out", () => {
  assert.equal(new BestSoFar(5).best().positions.length, 0);
});
