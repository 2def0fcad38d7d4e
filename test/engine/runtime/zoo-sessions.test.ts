import assert from "node:assert/strict";
import { test } from "node:test";

import type { Matrix } from "../../../src/engine/matrix.js";
import { matrix } from "../../../src/engine/matrix.js";
import type { ScoreForm } from "../../../src/engine/runtime/score-form.js";
import { ZooSessions } from "../../../src/engine/runtime/zoo-sessions.js";
import { fitness } from "../../../src/engine/spider/fitness.js";
import type { SpecificRows } from "../../../src/engine/spider/fitness.js";
import type { SpiderParameters } from "../../../src/engine/spider/spider.js";
import { tokenMatrix } from "../../../src/engine/spider/spider.js";
import {
  GOLDEN_SPIDERS,
  goldenParameters,
  goldenPtms,
  readGoldenSpider,
} from "../../support/golden-spider.js";
import { RandomSpider } from "../../support/random-spider.js";
import { fc } from "../../support/properties.js";

/** Largest difference to the reference form, relative to the largest reference fitness. */
function relativeError(
  got: Float32Array,
  spider: SpiderParameters,
  tokens: Matrix,
  taskToken: Matrix,
  ptms: { index: number; specific?: SpecificRows }[],
): number {
  const width = spider.width;
  const expected = ptms.map(({ index, specific }) =>
    fitness(spider, tokens.values.subarray(index * width, (index + 1) * width), taskToken, specific),
  );
  const scale = Math.max(...expected.map(Math.abs));
  return Math.max(...expected.map((value, i) => Math.abs(value - got[i]!))) / scale;
}

const always = (form: ScoreForm) => (): ScoreForm => form;

test("both fast forms equal the reference form on random spiders", async () => {
  const sizes = fc.record({
    seed: fc.integer(),
    width: fc.integer({ min: 4, max: 48 }),
    encoderWidth: fc.integer({ min: 1, max: 40 }),
    classes: fc.integer({ min: 1, max: 24 }),
    zooSize: fc.integer({ min: 2, max: 20 }),
  });
  await fc.assert(
    fc.asyncProperty(sizes, async ({ seed, width, encoderWidth, classes, zooSize }) => {
      const random = new RandomSpider(seed);
      const spider = random.parameters(width, encoderWidth);
      const tokens = random.matrix(zooSize, width);
      const taskToken = random.matrix(classes, encoderWidth);
      const ptms = Array.from({ length: zooSize }, (_, index) => {
        const featureWidth = 1 + (index % 7);
        const specific = {
          token: random.matrix(classes, featureWidth),
          projection: random.matrix(width, featureWidth, 1 / Math.sqrt(featureWidth)),
          bias: random.values(width),
        };
        return { index, specific };
      });

      const zoo = await ZooSessions.open(spider, tokens, "cpu", always("folded"));
      const coarse = await zoo.score(taskToken);
      const gramZoo = await ZooSessions.open(spider, tokens, "cpu", always("gram"));
      const gram = await gramZoo.score(taskToken);
      const [together] = await gramZoo.scoreMany([taskToken, random.matrix(classes + 1, encoderWidth)]);
      await gramZoo.release();
      const reranked = await zoo.scoreReranked(
        taskToken,
        ptms.map(({ index, specific: { token, projection, bias } }) => ({
          ptmIndex: index,
          specificToken: token,
          projection,
          bias,
        })),
      );
      await zoo.release();

      const withoutRows = ptms.map(({ index }) => ({ index }));
      const coarseError = relativeError(coarse, spider, tokens, taskToken, withoutRows);
      const rerankedError = relativeError(reranked, spider, tokens, taskToken, ptms);
      const gramError = relativeError(gram, spider, tokens, taskToken, withoutRows);
      assert.ok(coarseError <= 1e-5, `coarse differs by ${coarseError}`);
      assert.ok(gramError <= 1e-5, `the Gram form differs by ${gramError}`);
      assert.deepEqual(together, gram);
      assert.ok(rerankedError <= 1e-5, `re-ranked differs by ${rerankedError}`);
    }),
    { numRuns: 40 },
  );
});

for (const form of ["folded", "gram"] as const) {
  test(`the ${form} form equals the reference form over several tiles, wide and with many classes`, async () => {
    const random = new RandomSpider(7);
    const spider = random.parameters(256, 96);
    const tokens = random.matrix(8300, 256);
    const taskToken = random.matrix(60, 96);
    const zoo = await ZooSessions.open(spider, tokens, "cpu", always(form));
    const scores = await zoo.score(taskToken);
    await zoo.release();
    const checked = [0, 1023, 4095, 4096, 8191, 8192, 8299];
    const got = Float32Array.from(checked, (index) => scores[index]!);
    const ptms = checked.map((index) => ({ index }));
    const error = relativeError(got, spider, tokens, taskToken, ptms);
    assert.ok(error <= 1e-5, `differs by ${error}`);
  });
}

test("tasks scored together get what each gets alone, whatever their forms and however many", async () => {
  const random = new RandomSpider(3);
  const zoo = await ZooSessions.open(random.parameters(64, 20), random.matrix(4200, 64), "cpu");
  // Crossing both the choice of form (25 classes) and the size of one pass.
  const tasks = [3, 30, 8, 25, 1, 26, ...Array.from({ length: 40 }, () => 7)].map((C) =>
    random.matrix(C, 20),
  );
  const together = await zoo.scoreMany(tasks);
  for (const [i, task] of tasks.entries()) {
    const alone = await zoo.score(task);
    const largest = Math.max(...alone.map((value, m) => Math.abs(value - together[i]![m]!)));
    assert.ok(largest <= 1e-5, `task ${i} differs by ${largest}`);
  }
  assert.deepEqual(await zoo.scoreMany([]), []);
  await zoo.release();
});

test("a task that is asked for again gets the same scores, and one that differs in one value does not", async () => {
  const random = new RandomSpider(9);
  const spider = random.parameters(16, 6);
  const task = random.matrix(4, 6);
  const other = matrix(
    4,
    6,
    Float32Array.from(task.values, (value, i) => (i === 23 ? value + 1 : value)),
  );
  const reshaped = matrix(8, 3, task.values);
  for (const form of ["folded", "gram"] as const) {
    const zoo = await ZooSessions.open(spider, random.matrix(10, 16), "cpu", always(form));
    const first = await zoo.score(task);
    const different = await zoo.score(other);
    assert.deepEqual(await zoo.score(matrix(4, 6, new Float32Array(task.values))), first);
    assert.deepEqual(await zoo.score(other), different);
    assert.notDeepEqual(different, first);
    await assert.rejects(zoo.score(reshaped)); // the runtime refuses its shape
    await zoo.release();
  }
});

for (const form of ["folded", "gram"] as const) {
  for (const name of GOLDEN_SPIDERS) {
    test(`the ${form} form agrees with the authors' code: ${name}`, async () => {
      const golden = readGoldenSpider(name);
      const ptms = goldenPtms(golden);
      const zoo = await ZooSessions.open(
        goldenParameters(golden),
        tokenMatrix(ptms, golden.config.d),
        "cpu",
        always(form),
      );
      for (const [task, input] of golden.inputs.entries()) {
        const classes = golden.classCounts[task]!;
        const taskToken = matrix(classes, golden.config.uniDim, Float32Array.from(input.uni));
        for (const { selected, outputs } of golden.runs) {
          const scores = await zoo.score(taskToken);
          const chosen = selected[task]!.map((m) => ({
            ptmIndex: m,
            specificToken: matrix(
              classes,
              ptms[m]!.projection.columns,
              Float32Array.from(input.hetero[ptms[m]!.id]!),
            ),
            projection: ptms[m]!.projection,
            bias: ptms[m]!.projectionBias,
          }));
          const reranked = await zoo.scoreReranked(taskToken, chosen);
          chosen.forEach(({ ptmIndex }, i) => (scores[ptmIndex] = reranked[i]!));
          const differences = ptms.map((_, m) => Math.abs(scores[m]! - outputs[task * ptms.length + m]!));
          assert.ok(Math.max(...differences) <= 1e-6, `largest difference ${Math.max(...differences)}`);
        }
      }
      await zoo.release();
    });
  }
}

test("an index is not opened on a token whose own row overflows, and refuses such a task", async () => {
  const random = new RandomSpider(1);
  const spider = random.parameters(8, 4);
  const tokens = random.matrix(3, 8);
  tokens.values[2 * 8] = 1e30; // finite itself; its square is not, in float32
  await assert.rejects(
    ZooSessions.open(spider, tokens, "cpu"),
    /own rows .* finite, got -?Infinity at index 2/,
  );

  const zoo = await ZooSessions.open(spider, random.matrix(3, 8), "cpu");
  const huge = matrix(1, 4, new Float32Array(4).fill(3e38));
  await assert.rejects(zoo.score(huge), /fitness must be finite, got NaN for PTM 0/);
  await zoo.release();
});
