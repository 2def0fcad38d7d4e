import assert from "node:assert/strict";
import { test } from "node:test";

import { joinZoo } from "../../../src/engine/training/join-zoo.js";
import { spiderOf } from "../../../src/engine/training/spider-of.js";
import { train, trainableSizes } from "../../../src/engine/training/train.js";
import {
  ofPtms,
  trainingSetOf,
  trainingTasks,
  type TrainingPool,
  withPtms,
} from "../../../src/engine/training/training-pool.js";
import { fitnessOfTasks } from "../../../src/engine/training/validation.js";
import { fitness } from "../../../src/engine/spider/fitness.js";
import type { Spider } from "../../../src/engine/spider/spider.js";
import { smallTrainingPool } from "../../support/small-training-pool.js";

const TASKS = 40;
const session = { executionProviders: ["cpu"] as const, onWarning: assert.fail };
const pool = smallTrainingPool(TASKS);
const numbers = [...Array(TASKS).keys()];

/** A PTM of the pool as one that was measured later, on some of the tasks. */
function asAdded(m: number, seen: (task: number) => boolean = () => true) {
  const { metrics, ptms, scores } = pool;
  const own = Float32Array.from({ length: TASKS * metrics.length }, (_, row) =>
    seen(Math.floor(row / metrics.length)) ? scores[row * ptms.length + m]! : NaN,
  );
  return { ...ptms[m]!, scores: own };
}

async function learn(from: TrainingPool): Promise<Spider> {
  const recipe = {
    width: 8,
    epochs: 2,
    batchSize: 8,
    learningRate: 1e-3,
    finalLearningRate: 1e-4,
    weightDecay: 0,
    dropout: 0,
    maxGradientNorm: Infinity,
    mostRun: 2,
    headDecay: 0,
    layerNormEpsilon: 1e-5,
    seed: 1,
  };
  const set = trainingSetOf(from, { tasks: TASKS, validation: 0, aggregation: "Z_SUM" });
  let spider: Spider | undefined;
  for await (const { state } of train(set, recipe, { session })) {
    spider = spiderOf(set, trainableSizes(set, 8), state.parameters, 1e-5);
  }
  return spider!;
}

test("a pool taken apart and put together again is the same pool", () => {
  const [first, second] = [pool.ptms[0]!.digest, pool.ptms[1]!.digest];
  const part = ofPtms(pool, new Set([second, first]));
  assert.deepEqual(withPtms(part, TASKS, [asAdded(2)]).scores, pool.scores);
  const bare = { ...pool, ptms: [], scores: new Float32Array() };
  const again = withPtms(bare, TASKS, [asAdded(0), asAdded(1), asAdded(2)]);
  assert.deepEqual(again.scores, pool.scores);
  assert.deepEqual(
    again.ptms.map(({ id }) => id),
    pool.ptms.map(({ id }) => id),
  );
  assert.throws(
    () => withPtms(part, TASKS + 1, [asAdded(2)]),
    /needs 41 x 2 scores, as many as the pool has, got 80/,
  );
});

test("a PTM has no target on the tasks that it did not see, and leaves the others' as they were without it", () => {
  const part = ofPtms(pool, new Set(pool.ptms.slice(0, 2).map(({ digest }) => digest)));
  const alone = trainingTasks(part, numbers, "Z_SUM");
  const joined = trainingTasks(
    withPtms(part, TASKS, [asAdded(2, (task) => task % 2 === 0)]),
    numbers,
    "Z_SUM",
  );
  const whole = trainingTasks(pool, numbers, "Z_SUM");
  joined.forEach(({ target }, task) => {
    if (task % 2 === 0) assert.deepEqual(target, whole[task]!.target);
    else assert.deepEqual([...target], [...alone[task]!.target, NaN]);
  });
});

test("a spider learns from a pool in which a PTM saw a part of the tasks only", async () => {
  const part = ofPtms(pool, new Set(pool.ptms.slice(0, 2).map(({ digest }) => digest)));
  const added = asAdded(2, (task) => task % 2 === 0);
  added.classCentres.values.forEach((value) => assert.ok(Number.isFinite(value)));
  const spider = await learn(withPtms(part, TASKS, [added]));
  assert.ok(spider.ptms[2]!.projection.values.every(Number.isFinite));
});

test("fitness of many tasks is the plain form's", async () => {
  const spider = await learn(pool);
  const tokens = trainingTasks(pool, numbers, "Z_SUM").map(({ taskToken }) => taskToken);
  const rows = await fitnessOfTasks(spider, tokens, session);
  rows.forEach((row, task) =>
    row.forEach((phi, m) => {
      const plain = fitness(spider.parameters, spider.ptms[m]!.token, tokens[task]!);
      assert.ok(Math.abs(phi - plain) < 1e-4, `${phi} and ${plain}`);
    }),
  );
});

test("a PTM joins a zoo and says what that does to the ranking of validation tasks; too few tasks are refused", async () => {
  const part = ofPtms(pool, new Set(pool.ptms.slice(0, 2).map(({ digest }) => digest)));
  const spider = await learn(part);
  const input = {
    spider,
    pool: part,
    taskCount: TASKS,
    added: asAdded(2),
    learn: numbers.slice(0, 30),
    validate: numbers.slice(30),
    aggregation: "Z_SUM",
  } as const;
  const { ptm, before, after } = await joinZoo(input, { session });
  assert.equal(ptm.digest, pool.ptms[2]!.digest);
  assert.deepEqual([ptm.projection.rows, ptm.projection.columns], [8, 3]);
  assert.ok(before >= -1 && before <= 1 && after >= -1 && after <= 1);
  assert.deepEqual(await joinZoo(input, { session }), { ptm, before, after });
  await assert.rejects(
    async () => joinZoo({ ...input, learn: numbers.slice(0, 15) }, { session }),
    /at least 16 training tasks to learn from and 4 to validate on, got 15 and 10/,
  );
});
