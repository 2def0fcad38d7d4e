import assert from "node:assert/strict";
import { test } from "node:test";

import { idBytes, PtmIds } from "../../../src/services/ranking/ptm-ids.js";
import { fc } from "../../support/properties.js";

const idOf = (n: number): string => `00000000-0000-4000-8000-${n.toString(16).padStart(12, "0")}`;
const idsOf = (numbers: readonly number[]): PtmIds =>
  new PtmIds(Buffer.concat([...numbers].sort((a, b) => a - b).map((n) => idBytes(idOf(n)))));

/** Long runs that are equal, with holes and additions. */
const lists = fc
  .record({
    size: fc.integer({ min: 0, max: 300 }),
    left: fc.uniqueArray(fc.nat(299), { maxLength: 8 }),
    came: fc.uniqueArray(fc.nat(1200), { maxLength: 8 }),
  })
  .map(({ size, left, came }) => {
    const before = Array.from({ length: size }, (_, i) => 4 * i);
    const now = new Set([...before.filter((_, i) => !left.includes(i)), ...came]);
    return { before, now: [...now].sort((a, b) => a - b) };
  });

test("ids tell where each of them is among others", () => {
  fc.assert(
    fc.property(lists, ({ before, now }) => {
      for (const [ids, others] of [
        [now, before],
        [before, now],
      ] as const) {
        const places = idsOf(ids).placesIn(idsOf(others));
        assert.deepEqual(
          [...places],
          ids.map((id) => others.indexOf(id)),
        );
      }
      assert.equal(idsOf(now).equals(idsOf(before)), now.join() === before.join());
    }),
  );
});
