import assert from "node:assert/strict";
import { test } from "node:test";

import { fitness } from "../../../src/engine/spider/fitness.js";
import { requireParameters } from "../../../src/engine/spider/spider.js";
import { weightedTau } from "../../../src/engine/ranking/weighted-tau.js";
import { spiderOf } from "../../../src/engine/training/spider-of.js";
import {
  train,
  trainableSizes,
  type Recipe,
  type TrainingProgress,
  type TrainingRun,
} from "../../../src/engine/training/train.js";
import { smallTask, smallTrainingSet } from "../../support/small-training-set.js";

const recipe: Recipe = {
  width: 16,
  epochs: 6,
  batchSize: 16,
  learningRate: 5e-3,
  finalLearningRate: 1e-4,
  weightDecay: 0.01,
  dropout: 0.1,
  maxGradientNorm: 1,
  mostRun: 2,
  headDecay: 0,
  layerNormEpsilon: 1e-5,
  seed: 7,
};
const session = { executionProviders: ["cpu"] as const, onWarning: assert.fail };
const set = smallTrainingSet(200, 30);

async function finish(
  changed: Partial<Recipe> = {},
  run: Partial<TrainingRun> = {},
): Promise<TrainingProgress[]> {
  const progress: TrainingProgress[] = [];
  for await (const epoch of train(set, { ...recipe, ...changed }, { session, ...run })) progress.push(epoch);
  return progress;
}

test("a spider learns what its training tasks show and ranks tasks it has not seen", async () => {
  const progress = await finish({ epochs: 25 });
  assert.ok(progress.at(-1)!.loss < progress[0]!.loss / 1.5, "the loss falls");
  assert.ok(progress.at(-1)!.validationTau > 0.75, `validation tau ${progress.at(-1)!.validationTau}`);

  const sizes = trainableSizes(set, recipe.width);
  const spider = spiderOf(set, sizes, progress.at(-1)!.state.parameters, recipe.layerNormEpsilon);
  requireParameters("test", spider.parameters);
  let tau = 0;
  for (let i = 0; i < 30; i++) {
    const { taskToken, target } = smallTask(900_000 + i); // the validation tasks, raw, by the plain form
    tau +=
      weightedTau(
        target,
        spider.ptms.map(({ token }) => fitness(spider.parameters, token, taskToken)),
      ) / 30;
  }
  assert.ok(Math.abs(tau - progress.at(-1)!.validationTau) < 1e-3, `${tau} by the spider's own fitness`);
});

test("the same seed gives the same spider, byte for byte; another seed another one", async () => {
  const [first, second, other] = [await finish(), await finish(), await finish({ seed: 8 })];
  assert.deepEqual(first.at(-1), second.at(-1));
  assert.notDeepEqual(first.at(-1)!.state.parameters.tokens, other.at(-1)!.state.parameters.tokens);
});

test("a training that goes on from a checkpoint ends where the unbroken one ends", async () => {
  const whole = await finish();
  const resumed = await finish({}, { resumeFrom: whole[2]!.state });
  assert.deepEqual(
    resumed.map(({ epoch }) => epoch),
    [4, 5, 6],
  );
  assert.deepEqual(resumed.at(-1), whole.at(-1));
});

test("projections move only where a PTM has features", async () => {
  const { state } = (await finish()).at(-1)!;
  const { widestFeatures, width } = trainableSizes(set, recipe.width);
  const second = state.parameters.projections.subarray(widestFeatures * width, 2 * widestFeatures * width);
  assert.ok(second.subarray(4 * width).every((value) => value === 0)); // PTM 1 has 4 features of 6
  assert.ok(second.subarray(0, 4 * width).every((value) => value !== 0));
});

test("an aborted training stops with the signal's reason", async () => {
  const stop = new AbortController();
  const run = train(set, recipe, { session, signal: stop.signal });
  await run.next();
  stop.abort(new Error("stopped by hand"));
  await assert.rejects(async () => run.next(), /stopped by hand/);
});

test("training says why it cannot", async () => {
  await assert.rejects(async () => finish({ batchSize: 500 }), /a batch holds 500 tasks, got only 200/);
  const { state } = (await finish({ epochs: 1 }))[0]!;
  await assert.rejects(
    async () => finish({}, { resumeFrom: { ...state, step: 5 } }),
    /must be the end of an epoch of 12 steps, got one after step 5/,
  );
  await assert.rejects(async () => finish({ learningRate: 1e30, epochs: 2 }), /diverged in epoch [12]/);
});
