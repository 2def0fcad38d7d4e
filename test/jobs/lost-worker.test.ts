import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface, type Interface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { Job } from "../../src/entities/job.js";
import { Ptm } from "../../src/entities/ptm.js";
import { PgBossQueue } from "../../src/jobs/queue.js";
import { createLogger } from "../../src/log.js";
import { Metrics } from "../../src/metrics.js";
import { queueJob } from "../../src/services/background/job-queue.js";
import { repositoryRoot } from "../support/paths.js";
import { createTestRegistry, insertPtm } from "../support/registry.js";

const PROGRAM = fileURLToPath(new URL("dist/test/support/job-worker.js", repositoryRoot));

/** test/support/job-worker.ts as a process. */
class WorkerProcess {
  readonly process: ChildProcess;
  readonly #lines: Interface;

  constructor(address: object, name: string) {
    this.process = spawn(process.execPath, [PROGRAM, JSON.stringify(address), name], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.#lines = createInterface(this.process.stdout!);
  }

  async next<Line extends object>(): Promise<Line> {
    const [line] = (await once(this.#lines, "line")) as [string];
    return JSON.parse(line) as Line;
  }

  finish(): void {
    this.process.stdin?.write("finish\n");
  }
}

// The one slow test of jobs: pg-boss counts a worker as dead after 10 s without a sign of life, and allows no less.
test("jobs of a killed and of a frozen worker run again elsewhere, and the frozen one, awake again, writes nothing", async (t) => {
  const registry = await createTestRegistry();
  const { address, dataSource } = registry;
  const queue = new PgBossQueue(address, ["TOKENIZE_PTM"], createLogger("silent"), new Metrics());
  await queue.start();
  const ids: string[] = [];
  for (let i = 0; i < 2; i++) {
    const { id } = await insertPtm(dataSource);
    await dataSource.transaction(async (manager) => {
      ids.push((await queueJob(manager, queue, { kind: "TOKENIZE_PTM", ptmId: id })).id);
    });
  }
  const workers = ["killed", "frozen"].map((name) => new WorkerProcess(address, name));
  const [killed, frozen] = workers as [WorkerProcess, WorkerProcess];
  t.after(async () => {
    for (const { process: worker } of workers) worker.kill("SIGKILL");
    await queue.stop(1000);
    await registry.drop();
  });
  const [, { begun: frozenJob }] = await Promise.all([
    killed.next<{ begun: string }>(),
    frozen.next<{ begun: string }>(),
  ]);
  killed.process.kill("SIGKILL");
  frozen.process.kill("SIGSTOP");

  const other = new WorkerProcess(address, "other");
  workers.push(other);
  const taken: string[] = [];
  for (let i = 0; i < 2; i++) {
    const { begun } = await other.next<{ begun: string }>();
    taken.push(begun);
    const finished = other.next();
    other.finish();
    assert.deepEqual(await finished, { finished: begun, wrote: true });
  }
  assert.deepEqual(taken.sort(), ids.sort());

  const late = frozen.next();
  frozen.process.kill("SIGCONT");
  frozen.finish();
  assert.deepEqual(await late, { finished: frozenJob, wrote: false });

  const jobs = await dataSource.getRepository(Job).find();
  assert.deepEqual(
    jobs.map(({ state, attempts }) => [state, attempts]),
    [
      ["COMPLETED", 2],
      ["COMPLETED", 2],
    ],
  );
  const ptms = await dataSource.getRepository(Ptm).find();
  assert.deepEqual(
    ptms.map(({ statusReason }) => statusReason),
    ["other", "other"],
  );
});
