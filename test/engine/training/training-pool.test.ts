import assert from "node:assert/strict";
import { test } from "node:test";

import { classCentres } from "../../../src/engine/tokens/class-centres.js";
import { measureScaling } from "../../../src/engine/training/feature-scaling.js";
import { indexPool } from "../../../src/engine/training/sample-task.js";
import { pooledTask, scoredTasks, trainingSetOf } from "../../../src/engine/training/training-pool.js";
import { matrix } from "../../../src/engine/matrix.js";
import { smallTrainingPool } from "../../support/small-training-pool.js";

const pool = smallTrainingPool(8);
const set = trainingSetOf(pool, { tasks: 5, validation: 3, aggregation: "Z_SUM" });

test("a training set holds the pool's first tasks to learn from and the next ones to validate on", () => {
  assert.equal(scoredTasks(pool), 8);
  assert.equal(set.tasks.length, 5);
  assert.equal(set.validation.length, 3);
  const more = trainingSetOf(pool, { tasks: 8, validation: 0, aggregation: "Z_SUM" });
  assert.deepEqual(
    [...set.tasks, ...set.validation].map(({ taskToken }) => taskToken),
    more.tasks.map(({ taskToken }) => taskToken),
  );
});

test("a task token is the mean of the drawn samples, a specific token the pool's centres of the drawn classes", () => {
  const index = indexPool(pool.labels);
  for (const [i, task] of set.tasks.entries()) {
    const { samples, labels, classCount } = pooledTask(index, pool.seed, i);
    const width = pool.encoderFeatures.columns;
    const features = Array.from(samples).flatMap((s) =>
      Array.from(pool.encoderFeatures.values.subarray(s * width, (s + 1) * width)),
    );
    const drawn = matrix(samples.length, width, Float32Array.from(features));
    assert.deepEqual(task.taskToken, classCentres(drawn, labels, classCount));

    const { columns, values } = pool.ptms[1]!.classCentres;
    const token = task.specificToken(1);
    assert.deepEqual([token.rows, token.columns], [classCount, columns]);
    samples.forEach((sample, s) => {
      const row = token.values.subarray(labels[s]! * columns, (labels[s]! + 1) * columns);
      const label = pool.labels.labels[sample]!;
      assert.deepEqual(row, values.subarray(label * columns, (label + 1) * columns));
    });
  }
});

test("targets order the PTMs as the sum of the z-scores of the task's metrics does", () => {
  const tied = [0, 1, 10, 1, 0, 10]; // PTM 2 first, 0 and 1 tied
  const parted = [10, 0, 0, 9, 10, 0]; // PTM 0 (1.41 + .59), PTM 1 (-.71 + .82), PTM 2
  const scores = Float32Array.from([...tied, ...parted]);
  const { tasks } = trainingSetOf({ ...pool, scores }, { tasks: 2, validation: 0, aggregation: "Z_SUM" });
  assert.deepEqual(
    tasks.map(({ target }) => Array.from(target)),
    [
      [0.5, 0.5, 2],
      [2, 1, 0],
    ],
  );
});

test("feature scaling of the encoder is that of all samples", () => {
  assert.deepEqual(set.encoderScaling, measureScaling(pool.encoderFeatures));
});

test("more tasks than the pool has scores of are refused", () => {
  assert.throws(
    () => trainingSetOf(pool, { tasks: 7, validation: 2, aggregation: "BORDA" }),
    /trainingSetOf: the pool has scores of 8 tasks, got 7 to learn from and 2 to validate on/,
  );
});
