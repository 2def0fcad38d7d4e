import assert from "node:assert/strict";
import { after, test, type TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";

import { PgBoss } from "pg-boss";
import { QueryFailedError } from "typeorm";
import { v7 as uuid } from "uuid";

import { ModelFailure } from "../../src/engine/runtime/sandbox/model-failure.js";
import { SandboxNotStarted } from "../../src/engine/runtime/sandbox/sandbox-not-started.js";
import { Job, type JobKind } from "../../src/entities/job.js";
import { Ptm } from "../../src/entities/ptm.js";
import { type JobHandler, type LostJobs, PgBossQueue } from "../../src/jobs/queue.js";
import { DomainError } from "../../src/errors.js";
import { createLogger } from "../../src/log.js";
import { Metrics } from "../../src/metrics.js";
import { GiveUpJob } from "../../src/services/background/give-up-job.js";
import { queueJob } from "../../src/services/background/job-queue.js";
import { JobRun } from "../../src/services/background/job-run.js";
import { createTestRegistry, insertPtm, type TestRegistry } from "../support/registry.js";

const QUEUE = "tokenize-ptm";
const POLL_MS = 10;
const CUT_PAUSE = `UPDATE pgboss.job SET start_after = now() WHERE name = $1 AND state = 'retry'`;
/** The least that pg-boss waits for running jobs. */
const SHORTEST_STOP = 1000;
const silent = createLogger("silent");

async function startQueue(
  registry: TestRegistry,
  kinds: readonly JobKind[] = ["TOKENIZE_PTM"],
): Promise<PgBossQueue> {
  const queue = new PgBossQueue(registry.address, kinds, silent, new Metrics());
  await queue.start();
  return queue;
}

async function newRegistry(t: TestContext): Promise<{ registry: TestRegistry; queue: PgBossQueue }> {
  const registry = await createTestRegistry();
  const queue = await startQueue(registry);
  t.after(async () => {
    await queue.stop(SHORTEST_STOP);
    await registry.drop();
  });
  return { registry, queue };
}

async function addJob({ dataSource }: TestRegistry, queue: PgBossQueue): Promise<Job> {
  const { id } = await insertPtm(dataSource);
  return await dataSource.transaction((manager) =>
    queueJob(manager, queue, { kind: "TOKENIZE_PTM", ptmId: id }),
  );
}

/** Works with one handler; `gaveUp` resolves when a job was given up. */
async function work({ dataSource }: TestRegistry, queue: PgBossQueue, run: JobHandler["run"]) {
  const giveUp = new GiveUpJob(dataSource);
  let tell: (jobId: string) => void;
  const gaveUp = new Promise<string>((resolve) => (tell = resolve));
  const lost: LostJobs = {
    afterFailure: async (jobId, error) => {
      const isOver = await giveUp.afterFailure(jobId, error);
      if (isOver) tell(jobId);
      return isOver;
    },
    afterLastAttempt: async (jobId) => {
      await giveUp.afterLastAttempt(jobId);
      tell(jobId);
    },
  };
  await queue.work(new Map([["TOKENIZE_PTM", { run }]]), lost, 1);
  return { gaveUp };
}

/** A worker takes the job up and is never heard of again, as after SIGKILL; the queue notices within a second. */
async function dieAt({ dataSource, address }: TestRegistry, job: Job): Promise<void> {
  const boss = new PgBoss({ ...address, supervise: false, schedule: false });
  await boss.start();
  let taken: unknown[] = [];
  while (taken.length === 0) {
    taken = await boss.fetch(QUEUE);
    if (taken.length === 0) await delay(POLL_MS);
  }
  await JobRun.begin(dataSource, job.id);
  await dataSource.query(`UPDATE pgboss.job SET heartbeat_on = now() - interval '1 minute' WHERE name = $1`, [
    QUEUE,
  ]);
  // The pause before the next attempt, which grows with each, is cut short.
  while ((await dataSource.query<[unknown[], number]>(CUT_PAUSE, [QUEUE]))[1] === 0) await delay(POLL_MS);
  await boss.stop({ graceful: false });
}

test("a job exists exactly when its transaction committed, and runs once", async (t) => {
  const { registry, queue } = await newRegistry(t);
  const { dataSource } = registry;
  const ptm = await insertPtm(dataSource);
  const rolledBack = dataSource.transaction(async (manager) => {
    await queueJob(manager, queue, { kind: "TOKENIZE_PTM", ptmId: ptm.id });
    throw new Error("changed my mind");
  });
  await assert.rejects(rolledBack, { message: "changed my mind" });
  assert.equal(await dataSource.getRepository(Job).count(), 0);

  const first = await addJob(registry, queue);
  const last = await addJob(registry, queue);
  const runs: string[] = [];
  await new Promise<void>((resolve, reject) => {
    work(registry, queue, async (jobId) => {
      runs.push(jobId);
      if (jobId === last.id) resolve();
    }).catch(reject);
  });
  // One worker takes jobs in order: a third run of any job would have come before the last.
  assert.deepEqual(runs, [first.id, last.id]);
});

test("a queue that cannot start leaves nothing that would keep its process alive", async (t) => {
  const registry = await createTestRegistry();
  t.after(() => registry.drop());
  const queue = new PgBossQueue(registry.address, ["not a queue's name" as "TRAIN"], silent, new Metrics());
  await assert.rejects(queue.start(), /name/i);
  const connections = `SELECT FROM pg_stat_activity
    WHERE application_name = 'orbweaver-jobs' AND datname = current_database()`;
  while ((await registry.dataSource.query<unknown[]>(connections)).length > 0) await delay(POLL_MS);
});

test("a handler that throws is tried three times; then job and PTM say FAILED and why, and others go on", async (t) => {
  const { registry, queue } = await newRegistry(t);
  const { dataSource } = registry;
  const poison = await addJob(registry, queue);
  const sound = await addJob(registry, queue);
  const { gaveUp } = await work(registry, queue, async (jobId) => {
    const run = await JobRun.begin(dataSource, jobId);
    if (jobId === poison.id) throw new Error("always");
    await run?.finish({ state: "COMPLETED" }, async () => undefined);
  });
  assert.equal(await gaveUp, poison.id);

  const job = await dataSource.getRepository(Job).findOneByOrFail({ id: poison.id });
  assert.deepEqual([job.state, job.attempts], ["FAILED", 3]);
  assert.match(job.errorMessage ?? "", /^Gave up after 3 failed attempts/);
  const ptm = await dataSource.getRepository(Ptm).findOneByOrFail({ id: poison.ptmId! });
  assert.deepEqual([ptm.status, ptm.statusReason], ["FAILED", job.errorMessage]);
  assert.equal((await dataSource.getRepository(Job).findOneByOrFail({ id: sound.id })).state, "COMPLETED");
});

test("workers that die at a job are no failures of it, however many: the next one finishes it", async (t) => {
  const { registry, queue } = await newRegistry(t);
  const job = await addJob(registry, queue);
  for (let death = 0; death < 4; death++) await dieAt(registry, job);
  await new Promise<void>((resolve, reject) => {
    work(registry, queue, async (jobId) => {
      const run = await JobRun.begin(registry.dataSource, jobId);
      await run?.finish({ state: "COMPLETED" }, async () => undefined);
      resolve();
    }).catch(reject);
  });
  const { state, attempts, failures } = await registry.dataSource
    .getRepository(Job)
    .findOneByOrFail({ id: job.id });
  assert.deepEqual([state, attempts, failures], ["COMPLETED", 5, 0]);
});

test("a job that no worker survives ends too, and says so", async (t) => {
  const { registry, queue } = await newRegistry(t);
  const { dataSource } = registry;
  const job = await addJob(registry, queue);
  const { gaveUp } = await work(registry, queue, async (jobId) => {
    await JobRun.begin(dataSource, jobId);
    // The last of its attempts, and no sign of life.
    await dataSource.query(
      `UPDATE pgboss.job SET retry_count = retry_limit, heartbeat_on = now() - interval '1 minute' WHERE name = $1`,
      [QUEUE],
    );
    await gaveUp;
  });
  assert.equal(await gaveUp, job.id);
  const { state, errorMessage } = await dataSource.getRepository(Job).findOneByOrFail({ id: job.id });
  assert.equal(state, "FAILED");
  assert.match(errorMessage ?? "", /^Gave up after 1 attempts: each lost its worker/);
});

test("an attempt that ends for a fault of the machine is no failure of the job", async (t) => {
  const { registry, queue } = await newRegistry(t);
  const job = await addJob(registry, queue);
  const giveUp = new GiveUpJob(registry.dataSource);
  const faults = [
    new DomainError("RESOURCE_EXHAUSTED", "no space"),
    new SandboxNotStarted(new ModelFailure("MODEL_TIMEOUT", "the model took longer than 20 s")),
    new Error("Connection terminated unexpectedly"),
    Object.assign(new Error("connect"), { code: "ECONNREFUSED" }),
    new QueryFailedError("SELECT 1", [], Object.assign(new Error("starting up"), { code: "57P03" })),
  ];
  for (const fault of faults) assert.equal(await giveUp.afterFailure(job.id, fault), false, String(fault));
  assert.equal(await giveUp.afterFailure(job.id, new Error("a defect")), false);
  const { state, failures } = await registry.dataSource.getRepository(Job).findOneByOrFail({ id: job.id });
  assert.deepEqual([state, failures], ["QUEUED", 1]);
});

test("a handler that throws once succeeds at its second attempt", async (t) => {
  const { registry, queue } = await newRegistry(t);
  const job = await addJob(registry, queue);
  let attempts = 0;
  await new Promise<void>((resolve, reject) => {
    work(registry, queue, async (jobId) => {
      assert.equal(jobId, job.id);
      if (++attempts === 1) throw new Error("once");
      resolve();
    }).catch(reject);
  });
  assert.equal(attempts, 2);
});

test("jobs that somebody waits for go before those that nobody does, in the order in which they came", async (t) => {
  const { registry, queue } = await newRegistry(t);
  const priorities = [0, 10, 0, 10];
  const ids: string[] = [];
  for (const priority of priorities) {
    const { id: ptmId } = await insertPtm(registry.dataSource);
    const job = { kind: "TOKENIZE_PTM", ptmId, priority } as const;
    ids.push((await registry.dataSource.transaction((manager) => queueJob(manager, queue, job))).id);
  }
  const taken = await new Promise<string[]>((resolve, reject) => {
    const order: string[] = [];
    work(registry, queue, async (jobId) => {
      if (order.push(jobId) === ids.length) resolve(order);
    }).catch(reject);
  });
  assert.deepEqual(
    taken.map((id) => ids.indexOf(id)),
    [1, 3, 0, 2],
  );
});

test("learning that is stopped after hours has not failed, for it may take a day", async (t) => {
  const registry = await createTestRegistry();
  after(async () => registry.drop());
  const queue = await startQueue(registry, ["TRAIN"]);
  const jobId = uuid();
  await registry.dataSource.transaction((manager) => queue.enqueue(manager, "TRAIN", jobId));
  let begin: () => void;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const failed: string[] = [];
  const run: JobHandler["run"] = (_jobId, signal) =>
    new Promise((_, reject) => {
      signal.addEventListener("abort", () => reject(new Error("aborted")));
      begin();
    });
  const lost: LostJobs = {
    afterFailure: async (id) => failed.push(id) > 0,
    afterLastAttempt: async () => undefined,
  };
  await queue.work(new Map([["TRAIN", { run }]]), lost, 1);
  await begun;
  const now = performance.now.bind(performance);
  t.mock.method(performance, "now", () => now() + 2 * 3600 * 1000);
  await queue.stop(SHORTEST_STOP);
  assert.deepEqual(failed, []);
});

test("a stopped queue aborts what does not finish in time and hands it back", async () => {
  const registry = await createTestRegistry();
  after(async () => registry.drop());
  const stopping = await startQueue(registry);
  const job = await addJob(registry, stopping);
  const begun = await new Promise<AbortSignal>((resolve, reject) => {
    work(
      registry,
      stopping,
      async (_jobId, signal) =>
        new Promise((_, reject) => {
          signal.addEventListener("abort", () => reject(new Error("aborted")));
          resolve(signal);
        }),
    ).catch(reject);
  });
  assert.equal(begun.aborted, false);
  await stopping.stop(SHORTEST_STOP);
  assert.equal(begun.aborted, true);

  const other = await startQueue(registry);
  const taken = await new Promise<string>((resolve, reject) => {
    work(registry, other, async (jobId) => resolve(jobId)).catch(reject);
  });
  assert.equal(taken, job.id);
  await other.stop(SHORTEST_STOP);
});
