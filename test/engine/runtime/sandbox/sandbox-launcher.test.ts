import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { Sandbox, startSandboxProcess } from "../../../../src/engine/runtime/sandbox/sandbox.js";
import { SandboxLauncher } from "../../../../src/engine/runtime/sandbox/sandbox-launcher.js";
import { SandboxLost } from "../../../../src/engine/runtime/sandbox/sandbox-lost.js";
import { SpareProcesses } from "../../../../src/engine/runtime/sandbox/spare-processes.js";
import { endlessLoop, flattenModel } from "../../../support/onnx-parts.js";
import { childrenOf, isRunning } from "../../../support/processes.js";

const POLL_MS = 5;
const MEMORY = 1024 ** 3;
const OPTIONS = { memoryBytes: MEMORY, deadlineSeconds: 60, openDeadlineSeconds: 60 };
const PORTS = { input: "image", outputs: ["features"] };
const [BATCH, SHAPE] = [new Float32Array(24), [2, 3, 2, 2]] as const;

async function inLauncher(
  use: (world: { launcher: SandboxLauncher; spares: SpareProcesses }) => Promise<void>,
) {
  const launcher = new SandboxLauncher();
  const spares = new SpareProcesses(() => startSandboxProcess(MEMORY, (order) => launcher.start(order)), 0);
  try {
    await use({ launcher, spares });
  } finally {
    await spares.close();
    await launcher.close();
  }
}

test("sandboxes are children of the launcher, answer here, and end with their close", () =>
  inLauncher(async ({ spares }) => {
    const open = () => Sandbox.open(flattenModel().finish(), PORTS, { ...OPTIONS, spares });
    const sandboxes = await Promise.all([open(), open()]);
    const [launcher = 0, ...others] = childrenOf(process.pid);
    assert.deepEqual(others, []);
    const children = childrenOf(launcher);
    assert.equal(children.length, 2);
    for (const sandbox of sandboxes) {
      const rows = await sandbox.run(BATCH, SHAPE);
      assert.equal(rows.get("features")?.columns, 12);
    }
    await Promise.all(sandboxes.map((sandbox) => sandbox.close()));
    assert.deepEqual(children.filter(isRunning), []);
    assert.equal(isRunning(launcher), true);
  }));

test("a launcher that dies takes its sandboxes along, which is no fault of their models, and is replaced", () =>
  inLauncher(async ({ spares }) => {
    const sandbox = await Sandbox.open(endlessLoop().finish(), PORTS, { ...OPTIONS, spares });
    const [launcher = 0] = childrenOf(process.pid);
    const [child = 0] = childrenOf(launcher);
    const running = sandbox.run(BATCH, SHAPE);
    process.kill(launcher, "SIGKILL");
    await assert.rejects(running, SandboxLost);
    await sandbox.close();
    while (isRunning(child)); // the kernel's doing, and no event here

    const next = await Sandbox.open(flattenModel().finish(), PORTS, { ...OPTIONS, spares });
    assert.equal((await next.run(BATCH, SHAPE)).get("features")?.columns, 12);
    await next.close();
  }));

test("a launcher ends with its server, even while it hands a sandbox over, and takes the sandbox along", async () => {
  const script = fileURLToPath(new URL("../../../support/launcher-owner.js", import.meta.url));
  const owner = spawn(process.execPath, [script], { stdio: ["ignore", "ignore", "inherit"] });
  const [launcher] = await childrenAtLast(owner.pid!);
  const [child] = await childrenAtLast(launcher!);
  owner.kill("SIGKILL");
  while (isRunning(launcher!) || isRunning(child!)); // no events of this process
});

async function childrenAtLast(parent: number): Promise<number[]> {
  for (;;) {
    const children = childrenOf(parent);
    if (children.length > 0) return children;
    await delay(POLL_MS);
  }
}

test("a sandbox that is asked for while the launcher dies is lost, not waited for", () =>
  inLauncher(async ({ launcher }) => {
    const order = { script: "/no-such-script.js", memoryBytes: MEMORY, directory: tmpdir() };
    const starting = [launcher.start(order), launcher.start(order)];
    await launcher.close();
    for (const child of await Promise.all(starting)) assert.equal((await child.ended).isLost, true);
  }));
