import assert from "node:assert/strict";
import { test } from "node:test";

import { weightedTau } from "../../../src/engine/ranking/weighted-tau.js";
import { fitness } from "../../../src/engine/spider/fitness.js";
import type { Spider } from "../../../src/engine/spider/spider.js";
import {
  fitAddedPtm,
  type AddedPtmTask,
  type FitRecipe,
} from "../../../src/engine/training/fit-added-ptm.js";
import { spiderOf } from "../../../src/engine/training/spider-of.js";
import { train, trainableSizes, type Recipe } from "../../../src/engine/training/train.js";
import type { TrainingSet, TrainingTask } from "../../../src/engine/training/training-set.js";
import { smallTrainingSet } from "../../support/small-training-set.js";

const session = { executionProviders: ["cpu"] as const, onWarning: assert.fail };
const recipe: Recipe = {
  width: 16,
  epochs: 25,
  batchSize: 16,
  learningRate: 5e-3,
  finalLearningRate: 1e-4,
  weightDecay: 0,
  dropout: 0,
  maxGradientNorm: Infinity,
  mostRun: 2,
  headDecay: 0,
  layerNormEpsilon: 1e-5,
  seed: 1,
};
const fitRecipe: FitRecipe = { ...recipe, epochs: 15, learningRate: 2e-2 };
const whole = smallTrainingSet(200, 30);
const added = whole.ptms.at(-1)!;

/** The same tasks in a zoo that the last PTM has not joined. */
function withoutLast(set: TrainingSet): TrainingSet {
  const shorten = (task: TrainingTask): TrainingTask => ({ ...task, target: task.target.slice(0, -1) });
  return {
    ...set,
    ptms: set.ptms.slice(0, -1),
    tasks: set.tasks.map(shorten),
    validation: set.validation.map(shorten),
  };
}

async function learn(set: TrainingSet): Promise<Spider> {
  let spider: Spider | undefined;
  for await (const { state } of train(set, recipe, { session })) {
    spider = spiderOf(set, trainableSizes(set, recipe.width), state.parameters, recipe.layerNormEpsilon);
  }
  return spider!;
}

const fitnessOf = ({ parameters, ptms }: Spider, { taskToken }: TrainingTask): Float32Array =>
  Float32Array.from(ptms, ({ token }) => fitness(parameters, token, taskToken));

function meanTau(spider: Spider): number {
  const taus = whole.validation.map((task) => weightedTau(task.target, fitnessOf(spider, task)));
  return taus.reduce((sum, tau) => sum + tau / taus.length, 0);
}

test("an added PTM finds its place among the others, who keep theirs", async () => {
  const before = await learn(withoutLast(whole));
  const kept = structuredClone(before);
  const tasks = whole.tasks.map((task): AddedPtmTask => ({
    ...task,
    specificToken: () => task.specificToken(3),
    fitness: fitnessOf(before, task),
  }));
  const ptm = await fitAddedPtm(before, added, tasks, fitRecipe, { session });
  assert.deepEqual(before, kept, "the spider is not altered");
  assert.equal(ptm.id, added.id);
  assert.deepEqual([ptm.projection.rows, ptm.projection.columns], [16, 6]);

  const after = meanTau({ ...before, ptms: [...before.ptms, ptm] });
  const trainedWhole = meanTau(await learn(whole));
  assert.ok(
    after > trainedWhole - 0.03,
    `tau ${after} by fitting, ${trainedWhole} by training with all PTMs`,
  );

  const again = await fitAddedPtm(before, added, tasks, fitRecipe, { session });
  assert.deepEqual(ptm, again, "the same seed gives the same PTM token");
  await assert.rejects(
    async () => fitAddedPtm(before, added, tasks.slice(0, 3), fitRecipe, { session }),
    /a batch holds 16 tasks, got only 3/,
  );
  const short = tasks.map((task) => Object.assign({}, task, { fitness: task.fitness.slice(1) }));
  await assert.rejects(
    async () => fitAddedPtm(before, added, short, fitRecipe, { session }),
    /needs the fitness of 3 PTMs, got 2/,
  );
});
