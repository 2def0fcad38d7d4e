import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, test } from "node:test";

import { matrix } from "../../../src/engine/matrix.js";
import { PROVIDER_TOLERANCE } from "../../../src/engine/runtime/trusted-provider.js";
import { writeZooFile } from "../../../src/engine/runtime/write-zoo-file.js";
import { ZooScorer, type ZooScorerOptions } from "../../../src/engine/runtime/zoo-scorer.js";
import { childrenOf } from "../../support/processes.js";
import { RandomSpider } from "../../support/random-spider.js";
import { missingVulkan } from "../../support/vulkan.js";

/** WebGPU on whatever Vulkan drives, software where there is no GPU. */
let unusable: string | undefined;

before(async () => {
  unusable = await missingVulkan();
});

const onWarning = (message: string): void => assert.fail(message);
const on = (provider: "webgpu" | "cpu"): Pick<ZooScorerOptions, "executionProviders" | "onWarning"> => ({
  executionProviders: [provider],
  onWarning,
});

/** Largest difference, relative to the largest fitness. */
function relativeError(got: Float32Array, expected: Float32Array): number {
  assert.equal(got.length, expected.length);
  const largest = Math.max(...expected.map(Math.abs));
  return Math.max(...expected.map((value, m) => Math.abs(value - got[m]!))) / largest;
}

/** The first k, but for places where two neighbours lie closer than the tolerance. */
function assertSameTop(got: Int32Array, fitness: Float32Array, k: number): void {
  const order = [...fitness.keys()].sort((a, b) => fitness[b]! - fitness[a]! || a - b);
  const tie = PROVIDER_TOLERANCE * Math.max(...fitness.map(Math.abs));
  for (let place = 0; place < Math.min(k, order.length); place++) {
    const apart = Math.abs(fitness[got[place]!]! - fitness[order[place]!]!);
    assert.ok(got[place] === order[place] || apart <= tie, `place ${place}: PTM ${got[place]}`);
  }
}

test("WebGPU ranks random zoos as the processor does", async (context) => {
  if (unusable) return context.skip(unusable);
  // One class; more classes than the Gram form takes on the processor; more PTMs than a tile there, and on the device.
  const sizes = [
    { zooSize: 7, width: 8, encoderWidth: 3, classes: 1 },
    { zooSize: 42, width: 32, encoderWidth: 20, classes: 30 },
    { zooSize: 1500, width: 64, encoderWidth: 16, classes: 10 },
    { zooSize: 17_000, width: 8, encoderWidth: 8, classes: 3 },
  ];
  for (const [seed, { zooSize, width, encoderWidth, classes }] of sizes.entries()) {
    const random = new RandomSpider(seed + 1);
    const spider = random.parameters(width, encoderWidth);
    const tokens = random.matrix(zooSize, width);
    const tasks = [random.matrix(classes, encoderWidth), random.matrix(classes + 1, encoderWidth)];
    const device = await ZooScorer.open({ spider, tokens, ...on("webgpu") });
    const processor = await ZooScorer.open({ spider, tokens, ...on("cpu") });
    const expected = await Promise.all(tasks.map((task) => processor.score(task)));
    for (const [i, task] of tasks.entries()) {
      const error = relativeError(await device.score(task), expected[i]!);
      assert.ok(error <= PROVIDER_TOLERANCE, `zoo ${seed}, task ${i} differs by ${error}`);
    }
    const k = 10;
    const admitted = new Uint8Array(Math.ceil(zooSize / 8)).fill(0b11111111);
    const best = await device.bestMany(tasks.map((taskToken) => ({ taskToken, k, admitted })));
    for (const [i, { positions }] of best.entries()) assertSameTop(positions, expected[i]!, k);
    await Promise.all([device.close(), processor.close()]);
  }
});

test("a device's zoo follows changes, and re-ranks", async (context) => {
  if (unusable) return context.skip(unusable);
  const random = new RandomSpider(9);
  const spider = random.parameters(16, 6);
  const tokens = random.matrix(40, 16);
  const changes = { added: random.matrix(2, 16), order: Int32Array.of(3, 40, 7, 41, 39) };
  const taskToken = random.matrix(3, 6);
  const reranked = {
    ptmIndex: 1,
    specificToken: random.matrix(3, 4),
    projection: random.matrix(16, 4),
    bias: random.values(16),
  };
  const device = await ZooScorer.open({ spider, tokens, ...on("webgpu") });
  const processor = await ZooScorer.open({ spider, tokens, ...on("cpu") });
  const [later, expected] = await Promise.all([device.changed(changes), processor.changed(changes)]);
  const error = relativeError(await later.score(taskToken), await expected.score(taskToken));
  assert.ok(error <= PROVIDER_TOLERANCE, `differs by ${error}`);
  assert.deepEqual(
    await later.scoreReranked(taskToken, [reranked]),
    await expected.scoreReranked(taskToken, [reranked]),
  );
  await later.close();
  assert.equal((await device.score(taskToken)).length, 40);
  await Promise.all([device.close(), processor.close(), expected.close()]);
});

test("a zoo file of int8 tokens ranks on a device as on the processor, its best by their exact tokens", async (context) => {
  if (unusable) return context.skip(unusable);
  const [rows, width] = [300, 16];
  const random = new RandomSpider(13);
  const spider = random.parameters(width, 6);
  const header = { spider: "ab".repeat(32), storage: "int8", rows, width } as const;
  const tokens = random.values(rows * width);
  const ids = new Uint8Array(16 * rows);
  for (let m = 0; m < rows; m++) new DataView(ids.buffer).setUint32(16 * m, m);
  const folder = await mkdtemp(join(tmpdir(), "orb-webgpu-"));
  context.after(() => rm(folder, { recursive: true }));
  const path = join(folder, "zoo");
  const fetch = async (): Promise<Float32Array> => tokens.slice(); // they are fewer than are fetched at a time
  await writeZooFile(path, spider, { header, ids, digests: new Uint8Array(32 * rows), fetch });
  const taskToken = random.matrix(3, 6);
  const device = await ZooScorer.openFile({ spider, path, header, ...on("webgpu") });
  const processor = await ZooScorer.openFile({ spider, path, header, ...on("cpu") });
  const error = relativeError(await device.score(taskToken), await processor.score(taskToken));
  assert.ok(error <= PROVIDER_TOLERANCE, `differs by ${error}`);
  const [got, expected] = [
    await device.best({ taskToken, k: 10 }),
    await processor.best({ taskToken, k: 10 }),
  ];
  assert.deepEqual(got.positions, expected.positions);
  assert.ok(relativeError(got.scores, expected.scores) <= PROVIDER_TOLERANCE);
  await Promise.all([device.close(), processor.close()]);
});

test("a task with more classes than the device takes is scored by the processor", async (context) => {
  if (unusable) return context.skip(unusable);
  const random = new RandomSpider(10);
  const spider = random.parameters(8, 4);
  const tokens = random.matrix(300, 8);
  const taskToken = random.matrix(401, 4);
  const device = await ZooScorer.open({ spider, tokens, ...on("webgpu") });
  const processor = await ZooScorer.open({ spider, tokens, ...on("cpu") });
  assert.deepEqual(await device.score(taskToken), await processor.score(taskToken));
  assert.equal(device.runsOn.provider, "webgpu");
  await Promise.all([device.close(), processor.close()]);
});

test("81: WebGPU's process is killed, and the same ranking comes from the processor", async (context) => {
  if (unusable) return context.skip(unusable);
  const random = new RandomSpider(11);
  const spider = random.parameters(16, 6);
  const tokens = random.matrix(50, 16);
  const taskToken = random.matrix(3, 6);
  const warnings: string[] = [];
  const before = new Set(childrenOf(process.pid));
  const scorer = await ZooScorer.open({
    spider,
    tokens,
    executionProviders: ["webgpu", "cpu"],
    onWarning: (warning) => warnings.push(warning),
  });
  const onDevice = await scorer.best({ taskToken, k: 5 });
  for (const pid of childrenOf(process.pid)) if (!before.has(pid)) process.kill(pid, "SIGKILL");
  const onProcessor = await scorer.best({ taskToken, k: 5 });
  assert.deepEqual(onProcessor.positions, onDevice.positions);
  assert.ok(relativeError(onDevice.scores, onProcessor.scores) <= PROVIDER_TOLERANCE);
  assert.match(warnings.join(), /^execution provider webgpu was lost: .*; trying cpu$/);
  assert.equal(scorer.runsOn.provider, "cpu");
  await scorer.close();
});

test("an empty zoo has no fitness on a device either", async (context) => {
  if (unusable) return context.skip(unusable);
  const spider = new RandomSpider(12).parameters(8, 4);
  const tokens = matrix(0, 8, new Float32Array(0));
  const scorer = await ZooScorer.open({ spider, tokens, ...on("webgpu") });
  assert.equal((await scorer.score(new RandomSpider(1).matrix(2, 4))).length, 0);
  await scorer.close();
});
