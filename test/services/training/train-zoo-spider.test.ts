import assert from "node:assert/strict";
import { test } from "node:test";

import { readSnapshot } from "../../../src/engine/spider/snapshot.js";
import { checkpointFile, readCheckpoint } from "../../../src/engine/training/checkpoint.js";
import { trainingCurveSvg } from "../../../src/engine/training/training-curve-svg.js";
import {
  parseRecipe,
  trainEpochs,
  trainZooSpider,
  type TrainedSpider,
} from "../../../src/services/training/train-zoo-spider.js";
import { smallTrainingPool } from "../../support/small-training-pool.js";

const pool = smallTrainingPool(30);
const session = {
  executionProviders: ["cpu"],
  onWarning: (message: string) => assert.fail(message),
} as const;
const small = { width: 8, epochs: 3, batchSize: 4, mostRun: 2, validation: 6, companions: 0 };

function trained(changed: object = {}): Promise<TrainedSpider> {
  return trainZooSpider(pool, parseRecipe({ ...small, ...changed }), { session, onEpoch: () => undefined });
}

test("one seed gives byte for byte the same spider twice, another seed another", async () => {
  const [first, again, other] = [await trained(), await trained(), await trained({ seed: 2 })];
  assert.ok(Buffer.from(first.weights).equals(again.weights), "equal bytes");
  assert.deepEqual(first.manifest, again.manifest);
  assert.notEqual(first.manifest.sha256, other.manifest.sha256);
});

test("a trained spider is a snapshot that says how to train it again", async () => {
  const { weights, manifest, curve } = await trained({ priorWeight: 0.25 });
  const { spider } = readSnapshot(weights, JSON.parse(JSON.stringify(manifest)));
  assert.deepEqual(
    spider.ptms.map(({ id, digest }) => ({ id, digest })),
    pool.ptms.map(({ id, digest }) => ({ id, digest })),
  );
  assert.equal(manifest.priorWeight, 0.25);
  assert.equal(manifest.hyperparameters?.["tasks"], 24);
  const { metrics, drawnBySeed, validationTau, rerankTopK, epochOfBest, ...merging } =
    manifest.hyperparameters ?? {};
  const { mergePolicy, mergeWeights, ...recipe } = merging;
  assert.notEqual(mergePolicy, "FULL_LIST", "fitness with a prior and with a run have no common scale");
  assert.deepEqual(mergeWeights, mergePolicy === "MIXED_WITH_SCORES" ? { FITNESS: 0.1, K_NN: 1 } : undefined);
  assert.ok(Number(rerankTopK) >= 1 && Number(rerankTopK) <= 3);
  assert.ok(Math.abs(Number(validationTau) - curve[Number(epochOfBest) - 1]!.validationTau) < 1e-6);
  assert.equal(
    Number(epochOfBest),
    curve.reduce((best, point) => (point.validationTau >= best.validationTau ? point : best)).epoch,
  );
  assert.deepEqual([metrics, drawnBySeed], [pool.metrics, pool.seed]);
  const again = await trainZooSpider(pool, parseRecipe(recipe), { session, onEpoch: () => undefined });
  assert.equal(again.manifest.sha256, manifest.sha256);
  assert.deepEqual(
    curve.map(({ epoch }) => epoch),
    [1, 2, 3],
  );
});

test("companions are trained before the spider, from other seeds, and leave it as it is", async () => {
  const [alone, joined] = [await trained(), await trained({ companions: 2 })];
  assert.deepEqual(
    joined.curve.map(({ epoch }) => epoch),
    [1, 2, 3, 4, 5, 6, 7, 8, 9],
  );
  assert.equal(joined.manifest.companions, 2);
  const [without, read] = [alone, joined].map(
    ({ weights, manifest }) => readSnapshot(weights, manifest).spider,
  );
  assert.deepEqual(read!.parameters, without!.parameters);
  const [first, second] = read!.companions!;
  assert.notDeepEqual(first, second);
  for (const { token, companionTokens } of read!.ptms) {
    assert.equal(companionTokens!.length, 2);
    for (const other of companionTokens!) assert.notDeepEqual(other, token);
  }
});

test("a training goes on from any of its checkpoints, and ends with the same bytes", async () => {
  const recipe = parseRecipe({ ...small, companions: 1 });
  const unbroken = await trained({ companions: 1 });
  const checkpoints: Uint8Array[] = [];
  for await (const { checkpoint } of trainEpochs(pool, recipe, [], { session })) {
    checkpoints.push(checkpointFile(checkpoint));
  }
  assert.equal(checkpoints.length, 6);
  for (const [epoch, bytes] of checkpoints.entries()) {
    const rest = trainEpochs(pool, recipe, [], { session, resumeFrom: readCheckpoint(bytes) });
    let step = await rest.next();
    if (step.done !== true) assert.equal(step.value.point.epoch, epoch + 2);
    while (step.done !== true) step = await rest.next();
    assert.equal(step.value.manifest.sha256, unbroken.manifest.sha256);
  }
});

test("a prior weight of 0 leaves no trace in the manifest", async () => {
  assert.equal("priorWeight" in (await trained({ priorWeight: 0 })).manifest, false);
});

test("the curve shows loss and validation, and loss alone without validation tasks", () => {
  const points = [
    { epoch: 1, loss: 3.5, validationTau: 0.2 },
    { epoch: 2, loss: 3, validationTau: 0.4 },
  ];
  const svg = trainingCurveSvg(points);
  assert.match(svg, /^<svg [^]*<\/svg>\n$/);
  assert.equal(svg.match(/<polyline/g)?.length, 2);
  assert.match(svg, /last 3\.000[^]*last 0\.400/);
  const unmeasured = points.map(({ epoch, loss }) => ({ epoch, loss, validationTau: NaN }));
  assert.equal(trainingCurveSvg(unmeasured).match(/<polyline/g)?.length, 1);
  assert.doesNotMatch(trainingCurveSvg(unmeasured), /NaN/);
});

test("a recipe is refused field by field, and one that the pool cannot serve", async () => {
  assert.throws(() => parseRecipe({ epochs: 0, speed: 1 }), /The recipe is wrong: epochs: .*speed/);
  await assert.rejects(
    trained({ tasks: 25 }),
    /scores of 30 training tasks; the recipe asks for 25, .*and 6/,
  );
  await assert.rejects(trained({ tasks: 3 }), /at least a batch of 4/);
});
