import assert from "node:assert/strict";
import { test } from "node:test";

import { matrix } from "../../../src/engine/matrix.js";
import { topK } from "../../../src/engine/ranking/top-k.js";
import { withCompanions } from "../../../src/engine/ranking/with-companions.js";
import { withPrior } from "../../../src/engine/ranking/with-prior.js";
import { ZooScorer } from "../../../src/engine/runtime/zoo-scorer.js";
import { fitness } from "../../../src/engine/spider/fitness.js";
import { RandomSpider } from "../../support/random-spider.js";

const random = new RandomSpider(11);
const spider = random.parameters(16, 6);
const tokens = random.matrix(5, 16);
const taskToken = random.matrix(3, 6);
const specific = {
  specificToken: random.matrix(3, 4),
  projection: random.matrix(16, 4),
  bias: random.values(16),
};
const options = {
  spider,
  tokens,
  executionProviders: ["cpu"],
  onWarning: (message: string) => assert.fail(message),
} as const;

test("a scorer ranks from its thread, re-ranks, and leaves the caller's arrays alone", async () => {
  const scorer = await ZooScorer.open(options);
  const coarse = await scorer.score(taskToken);
  const [reranked] = await scorer.scoreReranked(taskToken, [{ ptmIndex: 4, ...specific }]);
  await scorer.close();

  const ptmToken = (m: number): Float32Array => tokens.values.subarray(m * 16, (m + 1) * 16);
  coarse.forEach((value, m) => {
    assert.ok(Math.abs(value - fitness(spider, ptmToken(m), taskToken)) < 1e-4, `PTM ${m}`);
  });
  const { specificToken: token, projection, bias } = specific;
  assert.ok(
    Math.abs(reranked! - fitness(spider, ptmToken(4), taskToken, { token, projection, bias })) < 1e-4,
  );
});

test("a scorer answers many requests at once, each with its own task", async () => {
  const scorer = await ZooScorer.open(options);
  const tasks = Array.from({ length: 20 }, (_, i) => random.matrix(1 + (i % 4), 6));
  const together = await Promise.all(tasks.map((task) => scorer.score(task)));
  for (const [i, task] of tasks.entries()) assert.deepEqual(together[i], await scorer.score(task));
  await scorer.close();
});

test("a scorer gives the best of its zoo and several tasks at once, as scores alone would", async () => {
  const scorer = await ZooScorer.open(options);
  const other = random.matrix(2, 6);
  const scores = await scorer.score(taskToken);
  const order = [...scores.keys()].sort((a, b) => scores[b]! - scores[a]!);
  const together = await scorer.bestMany([taskToken, other].map((task) => ({ taskToken: task, k: 5 })));
  assert.deepEqual([...together[0]!.positions], order);
  assert.deepEqual(together[1], await scorer.best({ taskToken: other, k: 5 }));
  const best = await scorer.best({ taskToken, k: 2 });
  assert.deepEqual([...best.positions], order.slice(0, 2));
  assert.equal(best.scores[0], scores[order[0]!]);
  const admitted = Uint8Array.of(0b11111 ^ (1 << order[0]!));
  assert.deepEqual([...(await scorer.best({ taskToken, k: 9, admitted })).positions], order.slice(1));
  const beyond = scorer.best({ taskToken, k: 1, of: Int32Array.of(4, 5) });
  await assert.rejects(beyond, /positions must be in \[0, 5\), got 5/);
  await assert.rejects(scorer.best({ taskToken, k: 0 }), /k must be an integer >= 1, got 0/);
  await assert.rejects(
    scorer.best({ taskToken, k: 1, admitted: new Uint8Array(2) }),
    /admitted must hold 1 bytes, got 2/,
  );
  await scorer.close();
});

test("a scorer hears its companions and the prior once it is told about its PTMs", async () => {
  const companions = [{ parameters: random.parameters(16, 6), tokens: random.matrix(3, 16) }];
  const scorer = await ZooScorer.open({ ...options, companions });
  const own = await scorer.score(taskToken);
  const learned = { positions: Int32Array.of(0, 2, 4), places: Int32Array.of(1, 0, 2) };
  const prior = { weight: 0.5, outcomes: { measured: Int32Array.of(1), scores: Float64Array.of(1) } };
  await assert.rejects(scorer.score(taskToken, prior), /a prior needs the families of the PTMs/);
  await assert.rejects(scorer.note({ families: Int32Array.of(0) }), /5 PTMs cannot have 1 families/);
  await scorer.note({ learned, families: Int32Array.of(0, 1, 0, 1, 0) });

  const companion = await ZooScorer.open({
    ...options,
    spider: companions[0]!.parameters,
    tokens: companions[0]!.tokens,
  });
  const said = await companion.score(taskToken);
  const expected = withPrior(
    withCompanions(own, learned.positions, [Float32Array.from(learned.places, (place) => said[place]!)]),
    [0.5, 1, 0.5, 1, 0.5], // the family of the PTM that was measured, and one of which nothing is known
    0.5,
  );
  assert.deepEqual(await scorer.score(taskToken, prior), expected);
  const [best] = await scorer.bestMany([{ taskToken, k: 5, prior, of: Int32Array.of(3, 0) }]);
  assert.deepEqual([...best!.ofAsked], [expected[3], expected[0]]);
  assert.deepEqual([...best!.positions], [...topK(expected, 5, (a, b) => a - b)]);
  await Promise.all([scorer.close(), companion.close()]);
});

test("a scorer of an empty zoo gives no fitness", async () => {
  const scorer = await ZooScorer.open({ ...options, tokens: matrix(0, 16, new Float32Array(0)) });
  assert.equal((await scorer.score(taskToken)).length, 0);
  await scorer.close();
});

test("a scorer refuses a bad request and goes on", async () => {
  const scorer = await ZooScorer.open(options);
  const nan = matrix(1, 6, new Float32Array(6).fill(NaN));
  await assert.rejects(scorer.score(random.matrix(3, 5)), /task token must be \[C >= 1, 6\], got \[3, 5\]/);
  await assert.rejects(scorer.score(nan), /zooScorer: task token: every value must be finite, got NaN/);
  const huge = matrix(1, 6, new Float32Array(6).fill(3e38));
  await assert.rejects(scorer.score(huge), {
    name: "RangeError",
    message: /fitness must be finite, got NaN for PTM 0/,
  });
  await assert.rejects(
    scorer.scoreReranked(taskToken, [{ ptmIndex: 5, ...specific }]),
    /ptmIndex must be an integer in \[0, 5\), got 5/,
  );
  await assert.rejects(
    scorer.scoreReranked(taskToken, [{ ptmIndex: 0, ...specific, projection: random.matrix(16, 3) }]),
    /specific rows \[3, 4\] need a projection \[16, 4\]/,
  );
  assert.equal((await scorer.score(taskToken)).length, 5);
  assert.equal(scorer.stopped, undefined);
  await scorer.close();
});

test("a scorer answers what was asked before it is closed, and nothing after", async () => {
  const scorer = await ZooScorer.open(options);
  const last = scorer.score(taskToken);
  await Promise.all([scorer.close(), scorer.close()]);
  assert.equal((await last).length, 5);
  await assert.rejects(scorer.score(taskToken), /zooScorer: closed/);
});

test("a scorer is not opened on arrays that do not fit", async () => {
  await assert.rejects(
    ZooScorer.open({ ...options, tokens: random.matrix(5, 15) }),
    /PTM tokens must be 16 wide, got 15/,
  );
  await assert.rejects(
    ZooScorer.open({ ...options, spider: { ...spider, keyWeight: new Float32Array(7) } }),
    /zooScorer: keyWeight must hold \[16, 16\] values, got 7/,
  );
});

test("a scorer says which execution provider is not there, or warns and falls back", async () => {
  const missing = process.platform === "darwin" ? "dml" : "coreml";
  await assert.rejects(
    ZooScorer.open({ ...options, executionProviders: [missing] }),
    new RegExp(`execution provider ${missing} cannot be used`),
  );
  const warnings: string[] = [];
  const scorer = await ZooScorer.open({
    ...options,
    executionProviders: [missing, "cpu"],
    onWarning: (message) => warnings.push(message),
  });
  assert.equal((await scorer.score(taskToken)).length, 5);
  assert.match(warnings.join("\n"), new RegExp(`^execution provider ${missing} .*; trying cpu$`));
  await scorer.close();
});
