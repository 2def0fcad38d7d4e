import assert from "node:assert/strict";
import { after, test } from "node:test";

import { Job, type JobState } from "../../../src/entities/job.js";
import { Ptm } from "../../../src/entities/ptm.js";
import { queueJob } from "../../../src/services/background/job-queue.js";
import { JobRun } from "../../../src/services/background/job-run.js";
import { createTestRegistry, insertPtm } from "../../support/registry.js";

const registry = await createTestRegistry();
const { dataSource } = registry;
after(async () => registry.drop());
const jobs = dataSource.getRepository(Job);

async function newJob(): Promise<Job> {
  const { id } = await insertPtm(dataSource);
  const noQueue = { enqueue: async () => undefined };
  return await dataSource.transaction((manager) =>
    queueJob(manager, noQueue, { kind: "TOKENIZE_PTM", ptmId: id }),
  );
}

async function begin({ id }: Job): Promise<JobRun> {
  const run = await JobRun.begin(dataSource, id);
  assert.ok(run);
  return run;
}

test("begin counts the attempt and marks the job running, the first start kept", async () => {
  const job = await newJob();
  assert.equal((await begin(job)).job.attempts, 1);
  const first = await jobs.findOneByOrFail({ id: job.id });
  assert.equal(first.state, "RUNNING");
  assert.equal((await begin(job)).job.attempts, 2);
  const second = await jobs.findOneByOrFail({ id: job.id });
  assert.deepEqual(second.startedAt, first.startedAt);
});

test("begin answers nothing for a job that is over or that nobody knows", async () => {
  for (const state of ["COMPLETED", "FAILED", "CANCELLED"] satisfies JobState[]) {
    const job = await newJob();
    await jobs.update({ id: job.id }, { state });
    assert.equal(await JobRun.begin(dataSource, job.id), undefined);
    assert.equal((await jobs.findOneByOrFail({ id: job.id })).attempts, 0);
  }
  assert.equal(await JobRun.begin(dataSource, "00000000-0000-7000-8000-000000000000"), undefined);
});

test("of two attempts the later alone writes, whichever finishes first", async () => {
  for (const laterFirst of [true, false]) {
    const job = await newJob();
    const wrote: string[] = [];
    const [early, late] = [await begin(job), await begin(job)];
    const finish = async (run: JobRun, who: string) =>
      run.finish({ state: "COMPLETED" }, async (manager) => {
        wrote.push(who);
        await manager.update(Ptm, { id: job.ptmId! }, { statusReason: who });
      });
    await early.progress(0.5, "stale");
    assert.equal((await jobs.findOneByOrFail({ id: job.id })).stage, null);
    if (laterFirst) await finish(late, "late");
    await finish(early, "early");
    if (!laterFirst) await finish(late, "late");
    assert.deepEqual(wrote, ["late"]);
    const { statusReason } = await dataSource.getRepository(Ptm).findOneByOrFail({ id: job.ptmId! });
    assert.equal(statusReason, "late");
    const { state, progress, finishedAt } = await jobs.findOneByOrFail({ id: job.id });
    assert.deepEqual([state, progress, finishedAt instanceof Date], ["COMPLETED", 1, true]);
  }
});

test("an attempt finishes once, and a failing write leaves the job running", async () => {
  const job = await newJob();
  const run = await begin(job);
  const broken = run.finish({ state: "COMPLETED" }, async () => Promise.reject(new Error("disk on fire")));
  await assert.rejects(broken, { message: "disk on fire" });
  assert.equal((await jobs.findOneByOrFail({ id: job.id })).state, "RUNNING");

  let writes = 0;
  const failed = { state: "FAILED", errorMessage: "a reason" } as const;
  await run.finish(failed, async () => void (writes += 1));
  await run.finish(failed, async () => void (writes += 1));
  await run.progress(0.1, "too late");
  assert.equal(writes, 1);
  const { state, errorMessage, stage } = await jobs.findOneByOrFail({ id: job.id });
  assert.deepEqual([state, errorMessage, stage], ["FAILED", "a reason", null]);
});

test("a cancelled job's attempt writes nothing", async () => {
  const job = await newJob();
  const run = await begin(job);
  await jobs.update({ id: job.id }, { state: "CANCELLED" });
  await run.finish({ state: "COMPLETED" }, async () => assert.fail("it wrote"));
  assert.equal((await jobs.findOneByOrFail({ id: job.id })).state, "CANCELLED");
});
