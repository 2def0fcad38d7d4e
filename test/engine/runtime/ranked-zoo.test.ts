import assert from "node:assert/strict";
import { test } from "node:test";

import { type Best, BestSoFar } from "../../../src/engine/ranking/best-so-far.js";
import { familyScores } from "../../../src/engine/ranking/family-scores.js";
import { standingOfKnown } from "../../../src/engine/ranking/static-ranking.js";
import { Standings } from "../../../src/engine/ranking/standings.js";
import { topK } from "../../../src/engine/ranking/top-k.js";
import { withCompanions } from "../../../src/engine/ranking/with-companions.js";
import { withPrior } from "../../../src/engine/ranking/with-prior.js";
import { CompanionSessions } from "../../../src/engine/runtime/companion-sessions.js";
import type { BestQuestion } from "../../../src/engine/runtime/ranked-zoo.js";
import { ZooSessions } from "../../../src/engine/runtime/zoo-sessions.js";
import { RandomSpider } from "../../support/random-spider.js";
import { rankedZoo } from "../../support/ranked-zoo.js";

test("the best of a zoo are those of the full scores, ties by position, of those admitted", async () => {
  const random = new RandomSpider(5);
  const tokens = random.matrix(4500, 32);
  tokens.values.copyWithin(4400 * 32, 0, 32 * 32); // thirty-two PTMs twice
  const taskToken = random.matrix(4, 9);
  const zoo = await ZooSessions.open(random.parameters(32, 9), tokens, "cpu");
  const scores = await zoo.score(taskToken);
  const admitted = new Uint8Array(563).fill(0b10110101);
  for (const filter of [undefined, admitted]) {
    const [{ positions, scores: best } = assert.fail()] = await rankedZoo(zoo).best([
      { taskToken, k: 300, admitted: filter },
    ]);
    const expected = [...scores.keys()]
      .filter((m) => filter === undefined || filter[m >> 3]! & (1 << (m & 7)))
      .sort((a, b) => scores[b]! - scores[a]! || a - b)
      .slice(0, 300);
    assert.deepEqual([...positions], expected);
    assert.deepEqual(
      [...best],
      expected.map((m) => scores[m]!),
    );
  }
  await zoo.release();
});

test("what a zoo is ranked by is spider, companions and prior, each as its plain form says", async () => {
  const random = new RandomSpider(7);
  const [size, width, encoderWidth] = [60, 24, 9];
  const zoo = await ZooSessions.open(random.parameters(width, encoderWidth), random.matrix(size, width));
  const companions = [1, 2].map(() => ({
    parameters: random.parameters(width, encoderWidth),
    tokens: random.matrix(20, width),
  }));
  const ranked = rankedZoo(zoo, await CompanionSessions.open(companions));
  const learned = {
    positions: Int32Array.from({ length: 20 }, (_, i) => 3 * i),
    places: Int32Array.from({ length: 20 }, (_, i) => 19 - i),
  };
  const families = Int32Array.from({ length: size }, (_, m) => m % 7);
  ranked.note({ learned, families });
  const tasks = [
    random.matrix(3, encoderWidth),
    random.matrix(4, encoderWidth),
    random.matrix(3, encoderWidth),
  ];
  const rows = [
    { known: Int32Array.of(0, 8, 9, 30), values: [0.3, 0.9, 0.5, 0.8] },
    { known: Int32Array.of(8, 40), values: [0.1, 0.2] },
  ];
  const outcomes = new Standings(rows.map(standingOfKnown)).without([]);
  const weight = 0.75;

  const of = Int32Array.of(59, 0, 8);
  const asked = [...tasks, tasks[0]!].map((taskToken) => ({
    taskToken,
    k: 9,
    prior: { weight, outcomes },
    of,
  }));
  const answers = await ranked.best(asked);
  for (const [i, taskToken] of [...tasks, tasks[0]!].entries()) {
    const said: number[][] = [];
    for (const { parameters, tokens } of companions) {
      const companion = await ZooSessions.open(parameters, tokens);
      const fitness = await companion.score(taskToken);
      said.push([...learned.places].map((place) => fitness[place]!));
      await companion.release();
    }
    const table = rows.map(({ known, values }) =>
      Array.from({ length: size }, (_, m) => values[known.indexOf(m)] ?? null),
    );
    const together = withCompanions(await zoo.score(taskToken), learned.positions, said);
    const expected = withPrior(together, familyScores(table, families), weight);
    const { positions, scores, ofAsked } = answers[i]!;
    assert.deepEqual(
      positions,
      topK(expected, 9, (a, b) => a - b),
    );
    assert.deepEqual(
      [...scores],
      [...positions].map((m) => expected[m]),
    );
    assert.deepEqual(
      [...ofAsked],
      [...of].map((m) => expected[m]),
    );
    assert.deepEqual(await ranked.score(taskToken, { weight, outcomes }), expected);
    assert.deepEqual(await ranked.score(taskToken), together);
    // Nothing known of anybody: the scale of a prior without its say.
    const none = { measured: new Int32Array(), scores: new Float64Array() };
    assert.deepEqual(
      await ranked.score(taskToken, { weight, outcomes: none }),
      withPrior(together, undefined, weight),
    );
  }
  await zoo.release();
});

test("fitness that a caller changes is not the one that is remembered", async () => {
  const random = new RandomSpider(8);
  const zoo = await ZooSessions.open(random.parameters(16, 5), random.matrix(4, 16));
  const ranked = rankedZoo(zoo);
  const task = random.matrix(2, 5);
  const first = await ranked.score(task);
  const kept = first.slice();
  first.fill(0);
  assert.deepEqual(await ranked.score(task), kept);
  await zoo.release();
});

test("tasks that are asked for together, again and after others keep their own fitness", async () => {
  const random = new RandomSpider(10);
  // A few tasks of such a zoo are remembered: others take their memory over.
  const zoo = await ZooSessions.open(random.parameters(4, 5), random.matrix(700_000, 4));
  const ranked = rankedZoo(zoo);
  const tasks = Array.from({ length: 5 }, () => random.matrix(2, 5));
  const expected: Best[] = [];
  for (const task of tasks) {
    const best = new BestSoFar(3);
    best.add(0, await zoo.score(task));
    expected.push(best.best());
  }
  const asked = [0, 1, 2, 0, 3, 3, 4, 1, 2, 0, 4];
  const question = (task: number): BestQuestion => ({ taskToken: tasks[task]!, k: 3 });
  const alone = await Promise.all(asked.map((task) => ranked.best([question(task)])));
  const together = await ranked.best(asked.map(question));
  for (const [i, task] of asked.entries()) {
    for (const { positions, scores } of [alone[i]![0]!, together[i]!]) {
      assert.deepEqual({ positions, scores }, expected[task]);
    }
  }
  await zoo.release();
});

test("notes that are about another zoo are refused", async () => {
  const random = new RandomSpider(9);
  const zoo = await ZooSessions.open(random.parameters(16, 5), random.matrix(4, 16));
  const ranked = rankedZoo(zoo);
  const learned = { positions: Int32Array.of(0, 4), places: Int32Array.of(0, 1) };
  assert.throws(() => ranked.note({ learned }), /positions must be in \[0, 4\), got 4/);
  assert.throws(() => ranked.note({ families: new Int32Array(3) }), /a zoo of 4 PTMs cannot have 3 families/);
  await zoo.release();
});
