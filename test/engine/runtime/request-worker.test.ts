import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { test } from "node:test";

import { RequestWorker } from "../../../src/engine/runtime/request-worker.js";

const script = new URL("../../support/echo.worker.js", import.meta.url);
const start = (onWarning: (message: string) => void = () => undefined): RequestWorker =>
  new RequestWorker("echo", script, onWarning);

test("requests are answered in the order in which they came", async () => {
  const warnings: string[] = [];
  const worker = start((message) => warnings.push(message));
  const answers = await Promise.all(["a", "b", "c"].map((text) => worker.request<string[]>("echo", text)));
  assert.deepEqual(answers, [["a"], ["a", "b"], ["a", "b", "c"]]);
  assert.deepEqual(warnings, ["echoed a", "echoed b", "echoed c"]);
  await worker.close();
});

test("a request that fails keeps its error's kind, and the worker goes on", async () => {
  const worker = start();
  await assert.rejects(worker.request("fail", undefined), {
    name: "RangeError",
    message: "echo: asked to fail",
  });
  await assert.rejects(worker.request("dance", undefined), /no handler for "dance"/);
  await assert.rejects(
    worker.request("echo", () => "a function cannot be sent"),
    { name: "DataCloneError" },
  );
  assert.deepEqual(await worker.request("echo", "still here"), ["still here"]);
  assert.equal(worker.stopped, undefined);
  await worker.close();
});

test("a worker that dies rejects what waits and what comes later, with the reason", async () => {
  const worker = start();
  const reason = { message: "echo: its worker thread failed: echo: asked to die" };
  await Promise.all([
    assert.rejects(worker.request("die", undefined), reason),
    assert.rejects(worker.request("echo", "behind it"), reason),
  ]);
  await assert.rejects(worker.request("echo", "later"), reason);
  assert.match(worker.stopped!.message, /asked to die/);
  await worker.close();
});

test("a worker that leaves by itself rejects what waits", async () => {
  const worker = start();
  await assert.rejects(worker.request("leave", undefined), /echo: its worker thread ended with code 3/);
  await worker.close();
});

test("closing lets the requests before it finish", async () => {
  const worker = start();
  const answer = worker.request("echo", "first");
  await worker.close();
  assert.deepEqual(await answer, ["first"]);
  await assert.rejects(worker.request("echo", "late"), /echo: closed/);
});

test("a worker that nobody closes does not keep its process alive", async () => {
  const program = `
    import { RequestWorker } from ${JSON.stringify(new URL("../../../src/engine/runtime/request-worker.js", import.meta.url).href)};
    const worker = new RequestWorker("echo", new URL(${JSON.stringify(script.href)}), () => undefined);
    console.log(await worker.request("echo", "done"));`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, "exit")]);
  assert.equal(code, 0);
  assert.match(output, /done/);
});
