import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";

import { openProcess } from "../../../src/engine/runtime/process-channel.js";
import { LONGEST_SILENCE } from "../../../src/engine/runtime/scorer-worker.js";
import type { ScorerWorkerOptions } from "../../../src/engine/runtime/scorer-worker.js";
import { openThread } from "../../../src/engine/runtime/thread-channel.js";
import { ZooScorer } from "../../../src/engine/runtime/zoo-scorer.js";
import { RandomSpider } from "../../support/random-spider.js";

/*
 * Attack 81, a GPU process lost, out of memory or without a driver, with a device that is none: it runs anywhere.
 * webgpu.test.ts does the same to a real one.
 */

const random = new RandomSpider(81);
const spider = random.parameters(16, 6);
const tokens = random.matrix(5, 16);
const taskToken = random.matrix(3, 6);
const added = random.matrix(1, 16);
const order = Int32Array.of(0, 5, 2, 3);
const script = new URL("../../support/mortal-device.worker.js", import.meta.url);
const noScript = new URL("../../support/no-such.worker.js", import.meta.url);

function optionsOf(warnings: string[], device = script): Omit<ScorerWorkerOptions, "executionProviders"> {
  return {
    onWarning: (message) => warnings.push(message),
    channelOf: (provider) =>
      provider === "cpu" ? openThread : (name, _script, events) => openProcess(name, device, events),
  };
}

const onCpu = { spider, tokens, executionProviders: ["cpu"], onWarning: assert.fail } as const;

test("81: a device's process that is killed leaves its questions to the processor, with a warning", async () => {
  const processor = await ZooScorer.open(onCpu);
  const expected = await processor.best({ taskToken, k: 3 });
  const changed = await processor.changed({ added, order });
  const expectedChanged = await changed.best({ taskToken, k: 3 });
  await Promise.all([processor.close(), changed.close()]);

  const warnings: string[] = [];
  const executionProviders = ["webgpu", "cpu"] as const;
  const scorer = await ZooScorer.open({ spider, tokens, executionProviders, ...optionsOf(warnings) });
  const later = await scorer.changed({ added, order });
  assert.deepEqual(scorer.runsOn, { provider: "webgpu", reason: undefined });
  const asked = [scorer, later, scorer].map((one) => one.best({ taskToken, k: 3 }));
  assert.deepEqual(await Promise.all(asked), [expected, expectedChanged, expected]);
  assert.equal(warnings.length, 1);
  assert.match(warnings[0]!, /^execution provider webgpu was lost: .* process was killed; trying cpu$/);
  assert.deepEqual(scorer.runsOn, { provider: "cpu", reason: warnings[0] });
  assert.deepEqual(later.runsOn, scorer.runsOn);
  assert.equal((await later.score(taskToken)).length, 4);
  await Promise.all([scorer.close(), later.close()]);
});

test("what a device's scorer was told about its PTMs is told to what takes over", async () => {
  const companions = [{ parameters: random.parameters(16, 6), tokens: random.matrix(2, 16) }];
  const learned = { positions: Int32Array.of(1, 3), places: Int32Array.of(0, 1) };
  const warnings: string[] = [];
  const processor = await ZooScorer.open({ ...onCpu, companions });
  const executionProviders = ["webgpu", "cpu"] as const;
  const scorer = await ZooScorer.open({ ...onCpu, companions, executionProviders, ...optionsOf(warnings) });
  await Promise.all([processor.note({ learned }), scorer.note({ learned })]);
  assert.deepEqual(await scorer.best({ taskToken, k: 5 }), await processor.best({ taskToken, k: 5 }));
  assert.deepEqual([warnings.length, scorer.runsOn.provider], [1, "cpu"]);
  await Promise.all([scorer.close(), processor.close()]);
});

test("81: a device that is out of memory leaves its questions to the processor", async () => {
  const warnings: string[] = [];
  const executionProviders = ["cuda", "cpu"] as const;
  const scorer = await ZooScorer.open({ spider, tokens, executionProviders, ...optionsOf(warnings) });
  const processor = await ZooScorer.open(onCpu);
  assert.deepEqual(await scorer.score(taskToken), await processor.score(taskToken));
  assert.deepEqual(warnings, ["execution provider cuda was lost: zooScorer: out of memory; trying cpu"]);
  await Promise.all([scorer.close(), processor.close()]);
});

test("81: a device that hangs is given up after two minutes and leaves its questions to the processor", async (t) => {
  const warnings: string[] = [];
  const processor = await ZooScorer.open(onCpu);
  const executionProviders = ["webgpu", "cpu"] as const;
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const scorer = await ZooScorer.open({ ...onCpu, executionProviders, ...optionsOf(warnings) });
  const run = {
    ptmIndex: 2,
    specificToken: random.matrix(3, 7),
    projection: random.matrix(16, 7),
    bias: random.values(16),
  };
  const answer = scorer.scoreReranked(taskToken, [run]);
  await setImmediate(); // the device has its question
  t.mock.timers.tick(LONGEST_SILENCE - 1);
  await setImmediate();
  assert.deepEqual(warnings, []);
  t.mock.timers.tick(1);
  assert.deepEqual(await answer, await processor.scoreReranked(taskToken, [run]));
  assert.deepEqual(warnings, [
    "execution provider webgpu was lost: zooScorer: no answer came for 120 s; trying cpu",
  ]);
  await Promise.all([scorer.close(), processor.close()]);
});

test("81: without another provider a question fails with the reason, and the next one tries the device again", async () => {
  const warnings: string[] = [];
  const scorer = await ZooScorer.open({
    spider,
    tokens,
    executionProviders: ["webgpu"],
    ...optionsOf(warnings),
  });
  for (const many of [1, 2]) {
    await assert.rejects(scorer.score(taskToken), /out of memory/);
    assert.equal(warnings.length, many);
    assert.equal(scorer.runsOn.provider, undefined);
    assert.equal(scorer.stopped, undefined);
  }
  await scorer.close();
  await assert.rejects(scorer.score(taskToken), /zooScorer: closed/);
});

test("81: a device that dies before it has the zoo is passed over", async () => {
  const warnings: string[] = [];
  const executionProviders = ["webgpu", "cpu"] as const;
  const scorer = await ZooScorer.open({
    spider,
    tokens,
    executionProviders,
    ...optionsOf(warnings, noScript),
  });
  assert.equal((await scorer.score(taskToken)).length, 5);
  assert.match(
    warnings.join(),
    /^execution provider webgpu cannot be used: .* ended with code 1[^]*; trying cpu$/,
  );
  await scorer.close();
});

test("a zoo that is wrong anywhere is refused by its own words, on a device too", async () => {
  const huge = random.matrix(3, 16);
  huge.values[2 * 16] = 1e30; // finite itself; its square is not, in float32
  const executionProviders = ["cpu", "webgpu"] as const;
  await assert.rejects(ZooScorer.open({ ...onCpu, tokens: huge, executionProviders }), {
    name: "RangeError",
    message: /own rows .* finite/,
  });
});
