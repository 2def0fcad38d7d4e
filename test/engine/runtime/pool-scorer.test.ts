import assert from "node:assert/strict";
import { test } from "node:test";

import { matrix } from "../../../src/engine/matrix.js";
import { uniformStream } from "../../../src/engine/random.js";
import { scorePoolTasks } from "../../../src/engine/runtime/pool-scorer.js";
import { indexPool } from "../../../src/engine/training/sample-task.js";
import { pooledTask } from "../../../src/engine/training/training-pool.js";
import { measure } from "../../../src/engine/transferability/registry.js";
import { smallTrainingPool } from "../../support/small-training-pool.js";

const { labels, seed } = smallTrainingPool(1);
const random = uniformStream(4);
const samples = labels.labels.length;
const features = matrix(
  samples,
  5,
  Float32Array.from({ length: samples * 5 }, () => random()),
);
const input = { labels, seed, metrics: ["LOG_ME", "K_NN"], taskCount: 20, features } as const;
const wanted = [...Array(20).keys()].filter((task) => task % 3 !== 0);
const always = async (): Promise<boolean> => true;

test("training tasks are scored as the metrics score them, by any number of threads; unwanted ones are NaN", async () => {
  const one = await scorePoolTasks({ ...input, wanted }, { threads: 1, progress: always });
  const two = await scorePoolTasks({ ...input, wanted }, { threads: 2, progress: always });
  assert.deepEqual(one, two);
  const index = indexPool(labels);
  for (let task = 0; task < 20; task++) {
    const drawn = pooledTask(index, seed, task);
    const rows = Array.from(drawn.samples).flatMap((s) =>
      Array.from(features.values.subarray(5 * s, 5 * s + 5)),
    );
    const own = matrix(drawn.samples.length, 5, Float32Array.from(rows));
    for (const [v, metric] of input.metrics.entries()) {
      const expected = wanted.includes(task)
        ? await measure(metric, { features: own, labels: drawn.labels, classCount: drawn.classCount })
        : NaN;
      assert.equal(one![2 * task + v], Math.fround(expected));
    }
  }
});

test("a metric that is undefined for a PTM puts it last", async () => {
  // LEEP reads source probabilities, which a pool does not keep.
  const scores = await scorePoolTasks(
    { ...input, metrics: ["LEEP"], wanted: [1] },
    { threads: 1, progress: always },
  );
  assert.equal(scores![1], -Infinity);
});

test("scoring tells how far it is and stops when it is told to", async () => {
  const shares: number[] = [];
  const progress = async (share: number): Promise<boolean> => {
    shares.push(share);
    return false;
  };
  assert.equal(await scorePoolTasks({ ...input, wanted }, { threads: 1, progress }), undefined);
  assert.deepEqual(shares, [8 / wanted.length]);
});
