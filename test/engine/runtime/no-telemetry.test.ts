import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

test("a session leaves no file in its user's home: ONNX Runtime's telemetry is off", async (t) => {
  const home = await mkdtemp(join(tmpdir(), "orbweaver-test-"));
  t.after(() => rm(home, { recursive: true }));
  const module = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href);
  const script = `
    const { Session } = await import(${module("../../../src/engine/runtime/session.js")});
    const { flattenModel } = await import(${module("../../support/onnx-parts.js")});
    await Session.open(flattenModel().finish(), { executionProviders: ["cpu"] });`;
  const { ORT_DISABLE_TELEMETRY: _, XDG_CACHE_HOME: __, ...environment } = process.env;
  await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script], {
    env: { ...environment, HOME: home },
  });
  assert.deepEqual(await readdir(home, { recursive: true }), []);
});
