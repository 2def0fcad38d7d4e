import assert from "node:assert/strict";
import { test } from "node:test";

import { openOnFirst, parseExecutionProviders } from "../../../src/engine/runtime/execution-providers.js";

const failOn =
  (...missing: string[]) =>
  (provider: string): Promise<string> =>
    missing.includes(provider)
      ? Promise.reject(new Error("no such library"))
      : Promise.resolve(`on ${provider}`);

test("a list of execution providers is read in order, whatever its case and blanks", () => {
  assert.deepEqual(parseExecutionProviders(" CUDA, webgpu,cpu"), ["cuda", "webgpu", "cpu"]);
});

test("an unknown, empty or repeated execution provider is refused by name", () => {
  assert.throws(
    () => parseExecutionProviders("cuda,gpu"),
    /expected a list of cuda, .*got "gpu" in "cuda,gpu"/,
  );
  assert.throws(() => parseExecutionProviders(""), /got "" in ""/);
  assert.throws(() => parseExecutionProviders("cpu,cpu"), /each name may come once, got "cpu,cpu"/);
});

test("a provider that is not there gives way to the next with a warning", async () => {
  const warnings: string[] = [];
  const result = await openOnFirst(["cuda", "webgpu", "cpu"], failOn("cuda", "webgpu"), (message) =>
    warnings.push(message),
  );
  assert.deepEqual(result, { opened: "on cpu", provider: "cpu" });
  assert.deepEqual(warnings, [
    "execution provider cuda cannot be used: no such library; trying webgpu",
    "execution provider webgpu cannot be used: no such library; trying cpu",
  ]);
});

test("a provider that is not there is an error when nothing follows it", async () => {
  await assert.rejects(
    openOnFirst(["cuda", "webgpu"], failOn("cuda", "webgpu"), () => undefined),
    /provider cuda cannot be used: no such library; execution provider webgpu cannot be used/,
  );
});
