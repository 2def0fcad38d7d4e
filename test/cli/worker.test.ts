import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { OrbProcess } from "../support/orb-process.js";
import { createTestDatabase, type TestDatabase } from "../support/postgres.js";

let database: TestDatabase;
let home: string;

before(async () => {
  database = await createTestDatabase();
  home = await mkdtemp(join(tmpdir(), "orbweaver-worker-"));
});
after(async () => {
  await database.drop();
  await rm(home, { recursive: true, force: true });
});

function orb(...command: string[]): OrbProcess {
  return new OrbProcess(command, {
    ORB_HOME: home,
    DATABASE_URL: database.url,
    ORB_PORT: "0",
    ORB_AUTH: "off",
    ORB_LOG_LEVEL: "warn",
  });
}

test("orb worker takes the queues it was told, answers no requests, and stops on SIGTERM", async () => {
  const worker = orb("worker", "--queues", "cpu, run-ptm", "--concurrency", "2");
  await worker.says(/works on .*rerank, .*run-ptm/);
  worker.kill("SIGTERM");
  assert.deepEqual(await worker.ended, { code: 0, signal: null });
  assert.doesNotMatch(worker.stderr, /answers at/);
});

test("orb serve with one role does that alone", async () => {
  const api = orb("serve", "--roles", "api");
  await api.says(/answers at/);
  api.kill("SIGTERM");
  assert.deepEqual(await api.ended, { code: 0, signal: null });
});

test("a queue, a role or a number that does not exist is told before anything starts", async () => {
  const refused: [string[], RegExp][] = [
    [["worker", "--queues", "tpu"], /--queues takes cpu, gpu, .*run-ptm.*, got "tpu"/],
    [["worker", "--concurrency", "0"], /--concurrency must be 1 to 64, got "0"/],
    [["serve", "--roles", "boss"], /--roles takes api and worker, got "boss"/],
  ];
  for (const [command, message] of refused) {
    const process = orb(...command);
    const { code } = await process.ended;
    assert.equal(code, 2);
    assert.match(process.stderr, message);
  }
});
