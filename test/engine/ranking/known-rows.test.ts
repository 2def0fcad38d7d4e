import assert from "node:assert/strict";
import { test } from "node:test";

import { familyScores, familyScoresOfKnown } from "../../../src/engine/ranking/family-scores.js";
import { staticScores, staticScoresOfKnown } from "../../../src/engine/ranking/static-ranking.js";
import { fc } from "../../support/properties.js";

const M = 7;
const value = fc.option(fc.integer({ min: 0, max: 4 }), { freq: 2 });
const tables = fc.array(fc.array(value, { minLength: M, maxLength: M }), { maxLength: 6 });
const someFamilies = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: M, maxLength: M });

test("rows without nulls score as the whole table does, to the bit", () => {
  fc.assert(
    fc.property(tables, someFamilies, (table, numbers) => {
      const families = Int32Array.from(numbers);
      const rows = table.map((row) => {
        const known = [...row.keys()].filter((m) => row[m] !== null);
        return { known, values: known.map((m) => row[m]!) };
      });
      assert.deepEqual(staticScoresOfKnown(rows, M), staticScores(table, M));
      assert.deepEqual(familyScoresOfKnown(rows, families), familyScores(table, families));
    }),
  );
});
