import assert from "node:assert/strict";
import { test } from "node:test";

import { Sandbox, startSandboxProcess } from "../../../../src/engine/runtime/sandbox/sandbox.js";
import { SpareProcesses } from "../../../../src/engine/runtime/sandbox/spare-processes.js";
import { flattenModel } from "../../../support/onnx-parts.js";

const MEMORY = 512 * 1024 ** 2;

test("a spare is handed out once, a dead one never, and none after the close", async () => {
  let started = 0;
  const spares = new SpareProcesses(() => {
    started++;
    return startSandboxProcess(MEMORY);
  }, 2);
  assert.deepEqual([spares.refill(), spares.refill(), spares.refill()], [true, true, false]); // two are enough
  assert.equal(started, 2);

  const first = await spares.take();
  assert.equal(started, 2);
  const second = await spares.take();
  assert.equal(started, 3); // with the last spare the next one starts
  assert.notEqual(second, first);
  await first.close();
  await second.close();

  await spares.close();
  assert.equal(spares.refill(), false);
  const late = await spares.take();
  assert.equal(started, 4);
  await late.close();
});

test("a process that died while it waited is not handed out", async () => {
  const dead = await startSandboxProcess(MEMORY);
  await dead.close();
  const made = [dead];
  const spares = new SpareProcesses(async () => made.shift() ?? (await startSandboxProcess(MEMORY)), 1);
  spares.refill();
  const taken = await spares.take();
  assert.equal(taken.isAlive, true);
  await taken.close();
  await spares.close();
});

test("a model runs in a spare as in a process of its own", async () => {
  const spares = new SpareProcesses(() => startSandboxProcess(MEMORY), 1);
  spares.refill();
  const options = { memoryBytes: MEMORY, deadlineSeconds: 20, openDeadlineSeconds: 20, spares };
  const ports = { input: "image", outputs: ["features"] };
  const sandbox = await Sandbox.open(flattenModel().finish(), ports, options);
  const batch = Float32Array.from({ length: 12 }, (_, i) => i);
  const answer = await sandbox.run(batch, [1, 3, 2, 2]);
  assert.deepEqual(answer.get("features")!.values, batch);
  await sandbox.close();
  await spares.close();
});
