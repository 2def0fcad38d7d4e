import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { isMarkAlive, processMark } from "../src/process-mark.js";

test("a process's mark is alive while it runs and dead after kill -9", async () => {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  await once(child, "spawn");
  const mark = processMark(child.pid ?? 0);
  assert.ok(mark !== undefined && isMarkAlive(mark));
  child.kill("SIGKILL");
  await once(child, "exit");
  assert.equal(isMarkAlive(mark), false);
  assert.equal(processMark(child.pid ?? 0), undefined);
});

test(
  "a later process with the same pid does not revive a mark",
  { skip: process.platform === "linux" ? false : "no start times without /proc" },
  () => {
    const mark = processMark(process.pid) ?? "";
    assert.equal(isMarkAlive(mark), true);
    assert.equal(isMarkAlive(mark.replace(/-\d+$/, "-1")), false);
  },
);

test("what is no mark is not alive", () => {
  for (const text of ["", "x", "-1", "0-0", `${process.pid}`]) assert.equal(isMarkAlive(text), false);
});
