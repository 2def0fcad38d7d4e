import assert from "node:assert/strict";
import { test } from "node:test";

import { meanRanks } from "../../../src/engine/ranking/order.js";
import { staticScores, staticScoresLeaveOneTaskOut } from "../../../src/engine/ranking/static-ranking.js";
import { fc } from "../../support/properties.js";

test("staticScores is the mean share of the other PTMs that a PTM beats", () => {
  assert.deepEqual(
    [
      ...staticScores(
        [
          [0.9, 0.5, 0.1],
          [0.2, 0.3, 0.1],
        ],
        3,
      ),
    ],
    [0.75, 0.75, 0],
  );
});

test("staticScores ranks a PTM among those known on the task", () => {
  // Task 0 knows PTMs 0 and 2, task 1 all three.
  assert.deepEqual(
    [
      ...staticScores(
        [
          [5, null, 7],
          [3, 2, 1],
        ],
        3,
      ),
    ],
    [0.5, 0.5, 0.5],
  );
});

test("staticScores puts a PTM that no task knows in the middle", () => {
  assert.deepEqual([...staticScores([[1, null, 2]], 3)], [0, 0.5, 1]);
  assert.deepEqual([...staticScores([[null, 4, null]], 3)], [0.5, 0.5, 0.5]);
  assert.deepEqual([...staticScores([], 2)], [0.5, 0.5]);
});

test("staticScores orders a complete table exactly as the mean rank does", () => {
  const table = fc.integer({ min: 2, max: 9 }).chain((m) =>
    fc.array(fc.array(fc.integer({ min: 0, max: 6 }), { minLength: m, maxLength: m }), {
      minLength: 1,
      maxLength: 8,
    }),
  );
  fc.assert(
    fc.property(table, (rows) => {
      const m = rows[0]!.length;
      const ranks = rows.map((row) => meanRanks("test", row));
      const byMeanRank = Array.from(
        { length: m },
        (_, ptm) => -ranks.reduce((sum, row) => sum + row[ptm]!, 0),
      );
      assert.deepEqual(meanRanks("test", staticScores(rows, m)), meanRanks("test", byMeanRank));
    }),
  );
});

test("staticScoresLeaveOneTaskOut never saw the task it scores", () => {
  const rows = [
    [1, 2, 3],
    [2, 1, null],
    [3, 1, 2],
  ];
  const left = staticScoresLeaveOneTaskOut(rows, 3);
  assert.equal(left.length, 3);
  for (const [t, scores] of left.entries()) {
    assert.deepEqual(scores, staticScores(rows.toSpliced(t, 1), 3));
  }
});

test("staticScores names the row it cannot use", () => {
  assert.throws(() => staticScores([[1, 2], [1]], 2), /staticScores: row 1 must hold 2 outcomes, got 1/);
  assert.throws(
    () => staticScores([[1, NaN]], 2),
    /staticScores: row 0: every score must be a number, got NaN at index 1/,
  );
});
