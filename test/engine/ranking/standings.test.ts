import assert from "node:assert/strict";
import { test } from "node:test";

import { familyScoresOfKnown, familyScoresOfMeasured } from "../../../src/engine/ranking/family-scores.js";
import { Standings } from "../../../src/engine/ranking/standings.js";
import { standingOfKnown, staticScoresOfKnown } from "../../../src/engine/ranking/static-ranking.js";
import { fc } from "../../support/properties.js";

test("a task that is left out says nothing, and the others say what they said", () => {
  // Of PTMs 3, 5 and 9, tasks 0 and 1 know 3 and 9, task 2 knows 5 alone.
  const rows = [
    { known: [9, 3], values: [0.1, 0.2] },
    { known: [3, 9], values: [1, 1] },
    { known: [5], values: [7] },
  ];
  const standings = new Standings(rows.map((row, task) => standingOfKnown(row, task)));
  const asked = (left: number[]): unknown => {
    const { measured, scores } = standings.without(left);
    return [[...measured], [...scores]];
  };
  assert.deepEqual(asked([]), [
    [3, 5, 9],
    [0.75, 0.5, 0.25],
  ]);
  assert.deepEqual(asked([0, 0]), [
    [3, 5, 9],
    [0.5, 0.5, 0.5],
  ]);
  assert.deepEqual(asked([1, 2]), [
    [3, 9],
    [1, 0],
  ]);
  assert.deepEqual(asked([0, 1, 2]), [[], []]);
  assert.deepEqual(asked([]), [
    [3, 5, 9],
    [0.75, 0.5, 0.25],
  ]);
});

const M = 8;
const values = fc.array(fc.option(fc.integer({ min: 0, max: 4 }), { freq: 2 }), {
  minLength: M,
  maxLength: M,
});
const rows = fc.array(values, { minLength: 1, maxLength: 9 }).map((table) =>
  table.map((row) => {
    const known = [...row.keys()].filter((m) => row[m] !== null);
    return { known, values: known.map((m) => row[m]!) };
  }),
);
const families = fc
  .array(fc.integer({ min: 0, max: 3 }), { minLength: M, maxLength: M })
  .map((numbers) => Int32Array.from(numbers));

test("standings without some tasks are the plain scores of the other rows, to the bit", () => {
  fc.assert(
    fc.property(rows, families, fc.array(fc.nat()), (rows, families, picks) => {
      const left = picks.map((pick) => pick % rows.length);
      const standings = new Standings(rows.map((row, task) => standingOfKnown(row, task)));
      const fast = standings.without(left);
      const others = rows.filter((_, task) => !left.includes(task));
      const measured = [...new Set(others.flatMap(({ known }) => known))].sort((a, b) => a - b);
      const plain = staticScoresOfKnown(others, M);
      assert.deepEqual([...fast.measured], measured);
      assert.deepEqual(
        [...fast.scores],
        measured.map((m) => plain[m]),
      );
      assert.deepEqual(familyScoresOfMeasured(fast, families), familyScoresOfKnown(others, families));
    }),
  );
});
