import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { test } from "node:test";

import { openProcess } from "../../../src/engine/runtime/process-channel.js";
import { RequestWorker } from "../../../src/engine/runtime/request-worker.js";
import { openThread } from "../../../src/engine/runtime/thread-channel.js";
import { isRunning } from "../../support/processes.js";

const script = new URL("../../support/echo.worker.js", import.meta.url);

for (const [place, open] of [
  ["thread", openThread],
  ["process", openProcess],
] as const) {
  const start = (onWarning: (message: string) => void = () => undefined): RequestWorker =>
    new RequestWorker("echo", script, onWarning, open);

  test(`${place}: requests are answered in the order in which they came`, async () => {
    const warnings: string[] = [];
    const worker = start((message) => warnings.push(message));
    const answers = await Promise.all(["a", "b", "c"].map((text) => worker.request<string[]>("echo", text)));
    assert.deepEqual(answers, [["a"], ["a", "b"], ["a", "b", "c"]]);
    assert.deepEqual(warnings, ["echoed a", "echoed b", "echoed c"]);
    await worker.close();
  });

  test(`${place}: a request that fails keeps its error's kind, and the worker goes on`, async () => {
    const worker = start();
    await assert.rejects(worker.request("fail", undefined), {
      name: "RangeError",
      message: "echo: asked to fail",
    });
    await assert.rejects(worker.request("dance", undefined), /no handler for "dance"/);
    await assert.rejects(
      worker.request("echo", () => "a function cannot be sent"),
      /could not be cloned/,
    );
    assert.deepEqual(await worker.request("echo", "still here"), ["still here"]);
    assert.equal(worker.stopped, undefined);
    await worker.close();
  });

  test(`${place}: a worker that dies rejects what waits and what comes later, with the reason`, async () => {
    const worker = start();
    const reason = /^echo: its (worker thread failed|process ended with code 1): [^]*echo: asked to die/;
    await Promise.all([
      assert.rejects(worker.request("die", undefined), { message: reason }),
      assert.rejects(worker.request("echo", "behind it"), { message: reason }),
    ]);
    await assert.rejects(worker.request("echo", "later"), { message: reason });
    assert.match(worker.stopped!.message, reason);
    await worker.close();
  });

  test(`${place}: a worker whose device failed answers nothing any more, and says why`, async () => {
    const worker = start();
    const reason = { message: "echo: the device is gone" };
    await Promise.all([
      assert.rejects(worker.request("loseDevice", undefined), reason),
      assert.rejects(worker.request("echo", "behind it"), reason),
    ]);
    await worker.close();
  });

  test(`${place}: a worker that leaves by itself rejects what waits`, async () => {
    const worker = start();
    await assert.rejects(worker.request("leave", undefined), /echo: its .* ended with code 3/);
    await worker.close();
  });

  test(`${place}: closing lets the requests before it finish`, async () => {
    const worker = start();
    const answer = worker.request("echo", "first");
    await worker.close();
    assert.deepEqual(await answer, ["first"]);
    await assert.rejects(worker.request("echo", "late"), /echo: closed/);
  });

  test(`${place}: a worker that nobody closes does not keep its process alive`, async () => {
    const program = `
    import { RequestWorker } from ${runtimeModule("request-worker.js")};
    import { ${open.name} } from ${runtimeModule(`${place}-channel.js`)};
    const worker = new RequestWorker("echo", new URL(${JSON.stringify(script.href)}), () => undefined, ${open.name});
    console.log(await worker.request("echo", "done"));`;
    const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [output, [code]] = await Promise.all([text(child.stdout), once(child, "exit")]);
    assert.equal(code, 0);
    assert.match(output, /done/);
  });
}

test("a process leaves when the one that started it is gone, and arrays reach it as they are", async () => {
  const program = `
    import { RequestWorker } from ${runtimeModule("request-worker.js")};
    import { openProcess } from ${runtimeModule("process-channel.js")};
    const worker = new RequestWorker("echo", new URL(${JSON.stringify(script.href)}), () => undefined, openProcess);
    console.log(await worker.request("sumAndPid", { half: new Uint8Array(1), values: Float32Array.of(1, 2.5, 4).subarray(1) }));
    process.kill(process.pid, "SIGKILL");`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const output = await text(child.stdout);
  const [, sum, pid] = /sum: ([\d.]+), pid: (\d+)/.exec(output) ?? assert.fail(output);
  assert.equal(sum, "6.5");
  while (isRunning(Number(pid))) await new Promise(setImmediate);
});

function runtimeModule(file: string): string {
  return JSON.stringify(new URL(`../../../src/engine/runtime/${file}`, import.meta.url).href);
}
