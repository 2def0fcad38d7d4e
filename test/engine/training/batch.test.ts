import assert from "node:assert/strict";
import { test } from "node:test";

import { matrix, type Matrix } from "../../../src/engine/matrix.js";
import { uniformStream } from "../../../src/engine/random.js";
import { fitness } from "../../../src/engine/spider/fitness.js";
import { dropoutFeeds, taskFeeds, type BatchTask } from "../../../src/engine/training/batch.js";
import { batchFitnessGraph, parametersOf } from "../../../src/engine/training/step-graph.js";
import { trainableShapes } from "../../../src/engine/training/trainable.js";
import { openExactly } from "../../support/exact-session.js";
import { goldenParameters, goldenPtms, readGoldenSpider } from "../../support/golden-spider.js";
import { goldenSizes, goldenTrainable, inFloat64 } from "../../support/golden-training.js";
import { fc } from "../../support/properties.js";

const golden = readGoldenSpider("spider_d32_m5_padded");
const sizes = goldenSizes(golden);
const ptms = goldenPtms(golden);

const scattered = (rows: number, columns: number, seed: number): Matrix => {
  const random = uniformStream(seed);
  return matrix(
    rows,
    columns,
    Float32Array.from({ length: rows * columns }, () => 4 * random() - 2),
  );
};

const anyTask = fc
  .record({
    classes: fc.integer({ min: 1, max: 6 }),
    run: fc.subarray([0, 1, 2, 3, 4]),
    seed: fc.nat(1_000_000),
  })
  .map(({ classes, run, seed }): BatchTask => ({
    taskToken: scattered(classes, sizes.encoderWidth, seed),
    specific: run.map((ptm) => ({
      ptm,
      token: scattered(classes, ptms[ptm]!.projection.columns, seed + ptm + 1),
    })),
  }));

test("a batch's fitness is each task's own: neither padding nor a neighbour leaks", async () => {
  const layerNormEpsilon = golden.config.layerNormEps;
  const sessions = new Map<boolean, Awaited<ReturnType<typeof openExactly>>>();
  for (const specific of [false, true]) {
    const model = batchFitnessGraph({ sizes, layerNormEpsilon, specific, precision: "float64" });
    sessions.set(specific, await openExactly(model));
  }
  const values = goldenTrainable(golden, (name) => golden.weights[name]!.values.map(Math.fround));
  const shapes = trainableShapes(sizes);
  await fc.assert(
    fc.asyncProperty(fc.array(anyTask, { minLength: 1, maxLength: 4 }), async (tasks) => {
      const specific = tasks.some((task) => task.specific.length > 0);
      const weights = parametersOf(specific).map((name) => [
        name,
        { values: values[name], shape: shapes[name] },
      ]);
      const feeds = { ...inFloat64(taskFeeds(tasks, sizes)), ...Object.fromEntries(weights) };
      const got = (await sessions.get(specific)!.run(feeds))["fitness"]!.values as Float64Array;
      tasks.forEach(({ taskToken, specific }, b) => {
        ptms.forEach((ptm, m) => {
          const token = specific.find((run) => run.ptm === m)?.token;
          const rows = token && { token, projection: ptm.projection, bias: ptm.projectionBias };
          const plain = fitness(goldenParameters(golden), ptm.token, taskToken, rows);
          assert.ok(Math.abs(got[b * ptms.length + m]! - plain) < 1e-12, `task ${b}, PTM ${m}`);
        });
      });
    }),
    { numRuns: 60 },
  );
});

test("dropout keeps the mean and depends on nothing but its stream", () => {
  const feeds = taskFeeds([{ taskToken: scattered(3, sizes.encoderWidth, 1), specific: [] }], sizes);
  const draw = (seed: number) => dropoutFeeds(feeds, { ...sizes, ptms: 200 }, 0.25, uniformStream(seed));
  assert.deepEqual(draw(5), draw(5));
  assert.notDeepEqual(draw(5), draw(6));
  const factors = draw(5)["dropout.attended"]!.values as Float32Array;
  assert.deepEqual(
    [...new Set(factors)].sort((a, b) => a - b),
    [0, Math.fround(4 / 3)],
  );
  const mean = factors.reduce((sum, factor) => sum + factor, 0) / factors.length;
  assert.ok(Math.abs(mean - 1) < 0.05, String(mean));
});

test("taskFeeds says what does not fit", () => {
  const taskToken = scattered(2, sizes.encoderWidth, 1);
  assert.throws(() => taskFeeds([], sizes), /at least one task/);
  assert.throws(
    () => taskFeeds([{ taskToken: scattered(2, 3, 1), specific: [] }], sizes),
    /must be 28 wide, got 3/,
  );
  assert.throws(
    () => taskFeeds([{ taskToken, specific: [{ ptm: 5, token: scattered(2, 12, 1) }] }], sizes),
    /PTM below 5 and at most \[2, 24\], got PTM 5 and \[2, 12\]/,
  );
});
