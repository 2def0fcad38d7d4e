import assert from "node:assert/strict";
import { test } from "node:test";

import { alignedTable } from "../../../src/engine/evaluation/aligned-table.js";
import { evaluateRankers } from "../../../src/engine/evaluation/evaluate-rankers.js";
import { evaluationRows } from "../../../src/engine/evaluation/evaluation-rows.js";
import { evaluationSvg } from "../../../src/engine/evaluation/evaluation-svg.js";
import { evaluationText } from "../../../src/engine/evaluation/evaluation-text.js";

const evaluation = evaluateRankers(
  {
    ptms: ["a", "b", "c"],
    tasks: ["first", "second"],
    outcomes: [
      [0.9, 0.8, 0.5],
      [0.2, 0.4, 0.6],
    ],
    pointsPerUnit: 100,
  },
  [
    {
      name: "<spider & co>",
      rankings: [
        { fitness: [3, 2, 1], forwardPasses: 3, seconds: 0.25 },
        { fitness: [1, 1, 1], forwardPasses: 3, seconds: 0.25 },
      ],
    },
  ],
  1,
);

test("evaluationRows has one row a ranker and task", () => {
  const rows = evaluationRows(evaluation);
  assert.equal(rows.length, 6);
  assert.deepEqual(rows[0], {
    ranker: "<spider & co>",
    task: "first",
    tauW: 1,
    regret1: 0,
    regret3: 0,
    hit3: 1,
    forwardPasses: 3,
    seconds: 0.25,
  });
});

test("alignedTable lines its columns up", () => {
  assert.deepEqual(alignedTable(["name", "x"], [["a", "10.5"]]), [
    "| name |    x |",
    "| ---- | ---: |",
    "| a    | 10.5 |",
  ]);
});

test("evaluationText shows means with intervals and weighted tau per task", () => {
  const text = evaluationText(evaluation);
  assert.match(text, /Means over 2 tasks and 3 PTMs/);
  assert.match(text, /\| <spider & co> +\| +1\.000 \[1\.000, 1\.000\] \|/);
  assert.match(text, /\| <spider & co> +\| +1\.000 \| undefined \|/);
});

test("evaluationSvg draws one cell a ranker and task and one for the mean", () => {
  const svg = evaluationSvg(evaluation);
  assert.equal(svg.match(/rx="3"/g)?.length, 3 * (2 + 1));
  assert.match(svg, /&lt;spider &amp; co&gt;, second: undefined/);
  assert.doesNotMatch(svg, /NaN|<spider/);
});
