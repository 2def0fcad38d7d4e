import assert from "node:assert/strict";
import { test } from "node:test";

import { paperMetricCells } from "../../src/cli/paper/metric-cells.js";
import { paperStaticTaus } from "../../src/cli/paper/static-taus.js";
import { paperTableCommand } from "../../src/cli/paper-table.js";
import { readReference } from "../support/ranking-cases.js";

test("69 of the paper's 72 cells are recomputed to three decimals and the other three are known", async () => {
  const { cells } = await paperMetricCells();
  assert.equal(cells.length, 72);
  assert.deepEqual(
    cells
      .filter((cell) => !cell.equal)
      .map(({ metric, dataset, authors, ours }) => [metric, dataset, authors, ours.toFixed(4)]),
    [
      ["LEEP", "Aircraft", 0.244, "0.2213"],
      ["NLEEP", "Aircraft", -0.725, "-0.7656"],
      ["LogME", "Aircraft", 0.54, "0.5519"],
    ],
  );
});

test("every recomputed cell is scipy's weighted tau", async () => {
  const { table } = readReference("paper/table.json") as {
    table: { metric: string; cells: { dataset: string; weightedTauRankNone: number }[] }[];
  };
  const golden = new Map(
    table.flatMap(({ metric, cells }) =>
      cells.map((cell) => [`${metric} ${cell.dataset}`, cell.weightedTauRankNone] as const),
    ),
  );
  for (const { metric, dataset, ours } of (await paperMetricCells()).cells) {
    assert.ok(
      Math.abs(ours - golden.get(`${metric} ${dataset}`)!) < 1e-12,
      `${metric} on ${dataset}: ${ours}`,
    );
  }
});

test("the static ranking scores .778 on the ten PTMs, .428 and .575 on the 42", async () => {
  const means = (await paperStaticTaus()).map(({ mean }) => mean.toFixed(3));
  assert.deepEqual(means, ["0.778", "0.428", "0.575"]);
});

test("the static ranking's weighted tau is scipy's", async () => {
  // scipy 1.17.1: weightedtau(FTRank, stable ascending ranks of the mean rank, rank=None).
  const golden = [0.7782632585166118, 0.42767356722873845, 0.5753138070431921];
  for (const [i, { mean }] of (await paperStaticTaus()).entries()) {
    assert.ok(Math.abs(mean - golden[i]!) < 1e-12, `${mean} against ${golden[i]}`);
  }
});

test("paperTableCommand prints the authors' cell, ours and the difference", async () => {
  const lines: string[] = [];
  await paperTableCommand((line) => lines.push(line));
  const text = lines.join("\n");
  assert.match(text, /LEEP, authors +\| +0\.244/);
  assert.match(text, /LEEP, ours +\| +0\.221/);
  assert.match(text, /LEEP, difference +\| +-0\.023/);
  assert.match(text, /69 of 72 cells are equal to three decimals/);
  assert.match(text, /10 PTMs, mean rank over 13 training groups: mean 0\.778/);
  assert.doesNotMatch(text, /NaN|undefined/);
});
