import assert from "node:assert/strict";
import { test } from "node:test";

import {
  evaluateRankers,
  RANDOM_RANKER,
  STATIC_RANKER,
  type Evaluation,
  type RankerEvaluation,
} from "../../../src/engine/evaluation/evaluate-rankers.js";
import type { OutcomeTable, Ranker } from "../../../src/engine/evaluation/ranker.js";
import { multiSourceZoo } from "../../support/paper.js";

const table: OutcomeTable = {
  ptms: ["a", "b", "c", "d"],
  tasks: ["first", "second"],
  outcomes: [
    [0.9, 0.8, 0.5, 0.1],
    [0.2, null, 0.4, 0.6],
  ],
  pointsPerUnit: 100,
};

function ranker(name: string, ...fitness: number[][]): Ranker {
  return { name, rankings: fitness.map((row, t) => ({ fitness: row, forwardPasses: t, seconds: t / 2 })) };
}

function rowOf(evaluation: Evaluation, name: string): RankerEvaluation {
  const row = evaluation.rankers.find((row) => row.ranker === name);
  assert.ok(row !== undefined);
  return row;
}

test("evaluateRankers gives the quality and the cost of every answer", () => {
  const evaluation = evaluateRankers(table, [ranker("oracle", [4, 3, 2, 1], [1, 99, 2, 3])], 7);
  assert.deepEqual(rowOf(evaluation, "oracle").tasks, [
    { tauW: 1, regret1: 0, regret3: 0, hit3: 1, forwardPasses: 0, seconds: 0 },
    { tauW: 1, regret1: 0, regret3: 0, hit3: 1, forwardPasses: 1, seconds: 0.5 },
  ]);
  assert.deepEqual(rowOf(evaluation, "oracle").mean, {
    tauW: { mean: 1, low: 1, high: 1 },
    regret1: { mean: 0, low: 0, high: 0 },
    regret3: { mean: 0, low: 0, high: 0 },
    hit3: { mean: 1, low: 1, high: 1 },
    forwardPasses: 0.5,
    seconds: 0.25,
  });
});

test("evaluateRankers counts regret in points", () => {
  const [first] = rowOf(
    evaluateRankers(table, [ranker("reverse", [1, 2, 3, 4], [3, 0, 2, 1])], 7),
    "reverse",
  ).tasks;
  assert.ok(Math.abs(first!.regret1 - 80) < 1e-12, `${first!.regret1}`);
  assert.ok(Math.abs(first!.regret3 - 10) < 1e-12, `${first!.regret3}`);
  assert.equal(first!.hit3, 0);
});

test("evaluateRankers leaves a pair without outcome out of its task", () => {
  const high = evaluateRankers(table, [ranker("x", [1, 2, 3, 4], [3, 1000, 2, 1])], 7);
  const low = evaluateRankers(table, [ranker("x", [1, 2, 3, 4], [3, -1000, 2, 1])], 7);
  assert.deepEqual(high, low);
});

test("evaluateRankers always shows the static ranking and random", () => {
  const evaluation = evaluateRankers(table, [], 7);
  assert.deepEqual(
    evaluation.rankers.map((row) => row.ranker),
    [STATIC_RANKER, RANDOM_RANKER],
  );
});

// scipy 1.17.1: weightedtau(accuracies, mean of rankdata over the six other data sets, rank=None); regret and hit by numpy.
const STATIC_GOLDEN: Record<string, readonly [tauW: number, regret1: number, regret3: number, hit3: number]> =
  {
    STL10: [0.8532180088679586, 0, 0, 1],
    CUB2011: [0.22683065677683056, 4.28, 4.28, 0],
    VLCS: [0.6688964961696668, 0.03, 0, 1],
    AID: [0.1307714396135651, 0.15, 0.15, 1],
    Pet: [0.8175643862089508, 0.06, 0.06, 1],
    DTD: [0.7432747123290213, 0.16, 0.16, 1],
    Aircraft: [0.1691409710030701, 1.29, 1.29, 0],
  };

test("the static ranking of the paper's 42 PTMs has scipy's quality on every data set", () => {
  const zoo = multiSourceZoo();
  const tasks = Object.keys(zoo.accuracies);
  const outcomes = tasks.map((task) => zoo.accuracies[task]!);
  const evaluation = evaluateRankers({ ptms: zoo.models, tasks, outcomes, pointsPerUnit: 1 }, [], 1);
  const { tasks: qualities, mean } = rowOf(evaluation, STATIC_RANKER);
  for (const [t, task] of tasks.entries()) {
    const [tauW, regret1, regret3, hit3] = STATIC_GOLDEN[task]!;
    assert.ok(Math.abs(qualities[t]!.tauW! - tauW) < 1e-12, `${task}: ${qualities[t]!.tauW} against ${tauW}`);
    assert.ok(Math.abs(qualities[t]!.regret1 - regret1) < 1e-6, `${task}: ${qualities[t]!.regret1}`);
    assert.ok(Math.abs(qualities[t]!.regret3 - regret3) < 1e-6, `${task}: ${qualities[t]!.regret3}`);
    assert.equal(qualities[t]!.hit3, hit3);
  }
  assert.ok(Math.abs(mean.tauW!.mean - 0.5156709529955805) < 1e-12);
  assert.ok(mean.tauW!.low < mean.tauW!.mean && mean.tauW!.mean < mean.tauW!.high);
});

test("evaluateRankers is a function of its seed", () => {
  assert.deepEqual(evaluateRankers(table, [], 3), evaluateRankers(table, [], 3));
  assert.notDeepEqual(evaluateRankers(table, [], 3), evaluateRankers(table, [], 4));
});

test("random orders have a weighted tau near 0", () => {
  const zoo = multiSourceZoo();
  const tasks = Object.keys(zoo.accuracies);
  const outcomes = tasks.map((task) => zoo.accuracies[task]!);
  const evaluation = evaluateRankers({ ptms: zoo.models, tasks, outcomes, pointsPerUnit: 1 }, [], 5);
  // One tau of 42 items has a deviation near .15; the mean of 700 stays within .03 by five deviations.
  assert.ok(Math.abs(rowOf(evaluation, RANDOM_RANKER).mean.tauW!.mean) < 0.03);
});

test("an undefined weighted tau is null and left out of the mean", () => {
  const evaluation = evaluateRankers(table, [ranker("half", [4, 3, 2, 1], [1, 1, 1, 1])], 7);
  const { tasks, mean } = rowOf(evaluation, "half");
  assert.equal(tasks[1]!.tauW, null);
  assert.equal(mean.tauW!.mean, 1);
  const none = rowOf(evaluateRankers(table, [ranker("none", [1, 1, 1, 1], [1, 1, 1, 1])], 7), "none");
  assert.equal(none.mean.tauW, null);
});

test("evaluateRankers names what it cannot use", () => {
  const valid = ranker("x", [1, 2, 3, 4], [1, 2, 3, 4]);
  const refuses = (change: Partial<OutcomeTable>, rankers: Ranker[], message: RegExp): void =>
    assert.throws(() => evaluateRankers({ ...table, ...change }, rankers, 1), {
      name: "RangeError",
      message,
    });
  refuses({ tasks: [], outcomes: [] }, [], /at least one task, got none/);
  refuses({ pointsPerUnit: 0 }, [], /pointsPerUnit must be a positive number, got 0/);
  refuses({ outcomes: [[1, 2, 3, 4]] }, [], /2 tasks need as many rows of outcomes, got 1/);
  refuses({ outcomes: [[1, 2, 3, 4], [1]] }, [], /task "second" needs 4 outcomes, got 1/);
  refuses(
    { ptms: ["a"], outcomes: [[1], [1]] },
    [],
    /task "first" needs outcomes of at least two PTMs, got 1/,
  );
  const infinite = [
    [1, 2, 3, 4],
    [1, Infinity, 3, 4],
  ];
  refuses({ outcomes: infinite }, [], /the outcome of "b" on "second" must be finite or null, got Infinity/);
  refuses({}, [valid, valid], /two rankers are called "x"/);
  refuses({}, [{ ...valid, name: "random" }], /two rankers are called "random"/);
  refuses({}, [ranker("x", [1, 2, 3, 4])], /ranker "x" must answer for 2 tasks, got 1/);
  refuses({}, [ranker("x", [1], [1])], /ranker "x" must score 4 PTMs on "first", got 1/);
  refuses({}, [ranker("x", [1, 2, 3, NaN], [1, 2, 3, 4])], /ranker "x" scores "d" with NaN on "first"/);
});
