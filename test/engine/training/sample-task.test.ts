import assert from "node:assert/strict";
import { test } from "node:test";

import { indexPool, PAPER_TASK_SHAPE, sampleTask } from "../../../src/engine/training/sample-task.js";
import { fc } from "../../support/properties.js";

/** Three sources with 3, 1 and 30 classes of 20 samples. */
const sources: number[] = [];
const labels: number[] = [];
for (let label = 0; label < 34; label++) {
  for (let i = 0; i < 20; i++) {
    sources.push(label < 3 ? 7 : label < 4 ? 2 : 5);
    labels.push(label);
  }
}
const pool = indexPool({ sources: Int32Array.from(sources), labels: Int32Array.from(labels) });
const within = (value: number, [least, most]: readonly [number, number]): boolean =>
  value >= least && value <= most;

test("indexPool groups samples by source and class, in the order of their numbers", () => {
  assert.deepEqual(
    pool.map((classes) => classes.length),
    [1, 30, 3],
  );
  assert.equal(labels[pool[2]![1]![0]!], 1);
});

test("a sampled task keeps to its shape and never mixes classes or repeats a sample", () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const task = sampleTask(pool, PAPER_TASK_SHAPE, seed);
      assert.ok(within(task.classCount, [2, 24]));
      assert.equal(new Set(task.samples).size, task.samples.length);
      const seen = new Map<number, Set<number>>();
      const counts = new Map<number, number>();
      task.samples.forEach((sample, i) => {
        const label = task.labels[i]!;
        seen.set(label, (seen.get(label) ?? new Set()).add(labels[sample]!));
        counts.set(label, (counts.get(label) ?? 0) + 1);
      });
      assert.equal(seen.size, task.classCount);
      assert.ok([...seen.values()].every((classes) => classes.size === 1));
      assert.equal(new Set(Array.from(task.samples, (sample) => labels[sample])).size, task.classCount);
      assert.ok([...counts.values()].every((count) => within(count, [8, 20])));
      assert.ok(new Set(Array.from(task.samples, (sample) => sources[sample])).size <= 3);
    }),
  );
});

test("sampleTask is a function of its seed", () => {
  assert.deepEqual(sampleTask(pool, PAPER_TASK_SHAPE, 3), sampleTask(pool, PAPER_TASK_SHAPE, 3));
  assert.notDeepEqual(sampleTask(pool, PAPER_TASK_SHAPE, 3), sampleTask(pool, PAPER_TASK_SHAPE, 4));
});

test("a source of one class is joined by another", () => {
  const shape = { ...PAPER_TASK_SHAPE, sources: [1, 1] as const };
  for (let seed = 0; seed < 30; seed++) assert.ok(sampleTask(pool, shape, seed).classCount >= 2);
});

test("the sampler says what does not fit", () => {
  const one = { sources: Int32Array.of(0, 0), labels: Int32Array.of(1, 1) };
  assert.throws(() => sampleTask(indexPool(one), PAPER_TASK_SHAPE, 0), /at least two classes, got 1/);
  assert.throws(
    () => indexPool({ sources: Int32Array.of(0, 1), labels: Int32Array.of(1, 1) }),
    /class 1 must be of one source, found in 0 and 1/,
  );
  assert.throws(
    () => indexPool({ sources: Int32Array.of(0), labels: Int32Array.of(1, 1) }),
    /got 1 sources, 2 labels/,
  );
});
