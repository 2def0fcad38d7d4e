import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { ModelFailure } from "../../../../src/engine/runtime/sandbox/model-failure.js";
import { residentMemory } from "../../../../src/engine/runtime/sandbox/resident-memory.js";
import { SandboxNotStarted } from "../../../../src/engine/runtime/sandbox/sandbox-not-started.js";
import { SandboxProcess } from "../../../../src/engine/runtime/sandbox/sandbox-process.js";
import { wake } from "../../../../src/engine/runtime/sandbox/sandbox.js";

const ROGUE = new URL("../../../support/rogue-child.js", import.meta.url);

const misdeeds: readonly (readonly [misdeed: string, code: string, message: RegExp])[] = [
  ["garbage", "MODEL_CRASHED", /broke the protocol with its answer/],
  ["endless output", "MODEL_CRASHED", /broke the protocol with the length of its answer/],
  ["endless header", "MODEL_CRASHED", /broke the protocol with its answer/],
  ["no JSON", "MODEL_CRASHED", /broke the protocol with the header of its answer/],
  ["more than asked", "MODEL_CRASHED", /broke the protocol with more than its answer/],
  ["endless last words", "MODEL_TIMEOUT", /longer than 0.5 s/],
  ["silence", "MODEL_TIMEOUT", /longer than 0.5 s/],
  ["early end", "MODEL_CRASHED", /ended with code 7/],
];

for (const [misdeed, code, message] of misdeeds) {
  test(`a child is killed for ${misdeed}`, async () => {
    const rogue = await SandboxProcess.start(ROGUE, 1024 ** 3);
    const question = rogue.ask({
      request: { kind: "open", input: misdeed, outputs: [], threads: 1 },
      body: new Uint8Array(0),
      // A child that only has to be slow enough is, on any machine; the others say what they have to say within minutes.
      deadlineSeconds: code === "MODEL_TIMEOUT" ? 0.5 : 120,
      judge: () => ({ value: undefined, bodyBytes: 0 }),
    });
    await assert.rejects(question, (error) => {
      assert.ok(error instanceof ModelFailure);
      assert.match(error.message, message);
      assert.equal(error.code, code);
      return true;
    });
    await rogue.close();
  });
}

test("a process that ends before it heard of a model is no fault of the model", async () => {
  const missing = await SandboxProcess.start(new URL("./no-such-script.js", ROGUE), 1024 ** 3);
  await assert.rejects(wake(missing), (error) => {
    assert.ok(error instanceof SandboxNotStarted);
    assert.match(error.message, /no process for models could be started: .* ended with code 1/);
    return true;
  });
  await missing.close();
});

test("a child whose kernel does not end it with its parent is ended by its lifeline", async () => {
  const script = fileURLToPath(new URL("../../../../src/engine/runtime/sandbox/child.js", import.meta.url));
  const cwd = await mkdtemp(join(tmpdir(), "orbweaver-test-"));
  const stdio = ["pipe", "ignore", "inherit", "pipe"] as const;
  const child = spawn(process.execPath, [script, "lifeline"], { cwd, stdio: [...stdio] });
  child.stdin?.end(); // its other pipe stays open
  assert.deepEqual(await once(child, "exit"), [null, "SIGKILL"]);
  await rm(cwd, { recursive: true, force: true });
});

test("residentMemory tells what a process holds, and nothing of a process that is gone", async () => {
  const held = (await residentMemory(process.pid)) ?? 0;
  assert.ok(Math.abs(held - process.memoryUsage.rss()) < 32 * 1024 ** 2, String(held));
  assert.equal(await residentMemory(2 ** 22 + 1), undefined);
});
