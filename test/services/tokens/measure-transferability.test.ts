import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { v7 as uuid } from "uuid";

import { Job } from "../../../src/entities/job.js";
import { Ptm } from "../../../src/entities/ptm.js";
import { Task } from "../../../src/entities/task.js";
import { TransferabilityScore } from "../../../src/entities/transferability-score.js";
import { fromGlobalId } from "../../../src/schema/global-id.js";
import { GiveUpJob } from "../../../src/services/background/give-up-job.js";
import { JobRun } from "../../../src/services/background/job-run.js";
import { keepScores } from "../../../src/services/tokens/keep-scores.js";
import { localViewer } from "../../../src/services/access/viewer.js";
import { addPrivateTask } from "../../support/private-task.js";
import { startTestServer, type TestServer, zooFile } from "../../support/server.js";

const PTMS = ["digits-mobile", "letters-mobile"];

/** Computed in numpy (float64) from outputs of onnxruntime's Python package, outside this project. */
const GOLDEN = {
  "digits-mobile": {
    NCE: -Math.log(10), // every sample falls into one source class
    LEEP: -2.294837921222145,
    TRANS_RATE_WEIGHTED: 101.54912393790718,
  },
  "letters-mobile": {
    NCE: -1.9504007964961767,
    LEEP: -2.1032196319222494,
    TRANS_RATE_WEIGHTED: 98.4955194376446,
  },
} as Readonly<Record<string, Readonly<Record<string, number>>>>;
/** Relative: two builds of the runtime differ in the last bits of float32 features. */
const TOLERANCE = 1e-4;

let server: TestServer;
let taskId: string;
let ptmIds: string[];

before(async () => {
  server = await startTestServer({ ptms: PTMS });
  const artifact = await server.upload(await readFile(zooFile("tasks/handwritten-digits.npz")));
  const { addTask } = await server.ask<{ addTask: { task: { id: string } } }>(
    `mutation ($input: AddTaskInput!) { addTask(input: $input) { task { id } } }`,
    { input: { name: "digits", artifact } },
  );
  taskId = addTask.task.id;
  const { ptms } = await server.ask<{ ptms: { nodes: { id: string }[] } }>(
    `{ ptms(first: 10, orderBy: NAME) { nodes { id } } }`,
  );
  ptmIds = ptms.nodes.map(({ id }) => id);
  await server.jobsOver();
});
after(() => server.close());

interface Measured {
  job: { id: string; kind: string; state: string; task: { id: string } } | null;
  userErrors: { code: string; message: string }[];
}

async function measure(input: object): Promise<Measured> {
  const { measureTransferability } = await server.ask<{ measureTransferability: Measured }>(
    `mutation ($input: MeasureTransferabilityInput!) {
      measureTransferability(input: $input) { job { id kind state task { id } } userErrors { code message } }
    }`,
    { input: { taskId, ptmIds, ...input } },
  );
  return measureTransferability;
}

async function finished(
  jobId: string,
): Promise<{ state: string; progress: number; errorMessage: string | null }> {
  await server.jobsOver();
  const { job } = await server.ask<{ job: { state: string; progress: number; errorMessage: string | null } }>(
    `query ($jobId: ID!) { job(id: $jobId) { state progress errorMessage } }`,
    { jobId },
  );
  return job;
}

const rows = (): Promise<TransferabilityScore[]> =>
  server.container.dataSource.getRepository(TransferabilityScore).find({ order: { id: "ASC" } });
const keyOf = (id: string): string => fromGlobalId(id)!.key;

test("measureTransferability answers with a job, which stores the metrics' values for every PTM", async () => {
  const { job, userErrors } = await measure({ metrics: ["NCE", "LEEP", "TRANS_RATE_WEIGHTED"] });
  assert.deepEqual(userErrors, []);
  assert.deepEqual([job!.kind, job!.task.id], ["MEASURE", taskId]);
  assert.deepEqual(await finished(job!.id), { state: "COMPLETED", progress: 1, errorMessage: null });

  const { task } = await server.ask<{
    task: {
      transferabilityScores: {
        totalCount: number;
        nodes: { metric: string; value: number; reason: null; sampleCount: number; ptm: { name: string } }[];
      };
    };
  }>(
    `query ($taskId: ID!) {
      task(id: $taskId) {
        transferabilityScores(first: 100) { totalCount nodes { metric value reason sampleCount ptm { name } } }
      }
    }`,
    { taskId },
  );
  const { totalCount, nodes } = task.transferabilityScores;
  assert.equal(totalCount, 6);
  for (const { metric, value, reason, sampleCount, ptm } of nodes) {
    const golden = GOLDEN[ptm.name]![metric]!;
    const difference = Math.abs(value / golden - 1);
    assert.ok(
      difference <= TOLERANCE,
      `${metric} of ${ptm.name} is ${value}, off ${golden} by ${difference}`,
    );
    assert.equal(reason, null);
    assert.equal(sampleCount, 200);
  }
});

test("what was measured before is not measured again", async () => {
  const before = await rows();
  const { job } = await measure({ metrics: ["LEEP", "LFC", "LEEP"], ptmIds: [...ptmIds, ...ptmIds] });
  assert.equal((await finished(job!.id)).state, "COMPLETED");
  const after = await rows();
  assert.deepEqual(after.slice(0, before.length), before);
  assert.deepEqual(
    after.slice(before.length).map(({ metric }) => metric),
    ["LFC", "LFC"],
  );
});

test("equal requests at the same time are one job", async () => {
  const before = await server.container.dataSource.getRepository(Job).countBy({ kind: "MEASURE" });
  const asked = await Promise.all([
    measure({ metrics: ["NCE", "LEEP"] }),
    measure({ metrics: ["NCE", "LEEP"] }),
    measure({ metrics: ["NCE", "LEEP", "LEEP"] }),
  ]);
  assert.equal(new Set(asked.map(({ job }) => job!.id)).size, 1);
  assert.equal(await server.container.dataSource.getRepository(Job).countBy({ kind: "MEASURE" }), before + 1);
  await finished(asked[0].job!.id);
});

test("scores page by page under a PTM, and each is a node", async () => {
  interface Page {
    ptm: {
      transferabilityScores: {
        nodes: { id: string; task: { id: string } }[];
        pageInfo: { hasNextPage: boolean; endCursor: string };
      };
    };
  }
  const seen: string[] = [];
  let after: string | null = null;
  for (let more = true; more;) {
    const page: Page = await server.ask<Page>(
      `query ($id: ID!, $after: String) {
        ptm(id: $id) {
          transferabilityScores(first: 3, after: $after) { nodes { id task { id } } pageInfo { hasNextPage endCursor } }
        }
      }`,
      { id: ptmIds[0], after },
    );
    const { nodes, pageInfo }: Page["ptm"]["transferabilityScores"] = page.ptm.transferabilityScores;
    assert.ok(nodes.every(({ task }) => task.id === taskId));
    seen.push(...nodes.map(({ id }) => id));
    after = pageInfo.endCursor;
    more = pageInfo.hasNextPage;
  }
  assert.equal(seen.length, 4);
  assert.equal(new Set(seen).size, 4);
  const { node } = await server.ask<{ node: { __typename: string; metric: string } }>(
    `query ($id: ID!) { node(id: $id) { __typename ... on TransferabilityScore { metric } } }`,
    { id: seen[0] },
  );
  assert.deepEqual(node, { __typename: "TransferabilityScore", metric: "LFC" });
});

/** The same weights under another name, so that a test may spoil the entry. */
async function addCopy(name: string, probabilities: string | null): Promise<string> {
  const { id: _, ...first } = (await server.container.dataSource
    .getRepository(Ptm)
    .findOneBy({ id: keyOf(ptmIds[0]!) }))!;
  const { ptm } = await server.container.services.addPtm.run(
    {
      name,
      artifact: first.artifactSha256,
      signature: {
        ...first.signature,
        outputs: {
          features: first.signature.outputs.features,
          ...(probabilities !== null && { probabilities }),
        },
      },
      modality: "IMAGE",
      tags: [],
      newVersion: false,
    },
    localViewer("test"),
  );
  await server.jobsOver();
  return ptm.id;
}

const globalPtmId = (id: string): string => Buffer.from(`Ptm:${id}`).toString("base64url");

test("a metric that is undefined for a PTM is stored with its reason", async () => {
  const id = await addCopy("silent", null);
  const { job } = await measure({ ptmIds: [globalPtmId(id)], metrics: ["NCE", "LFC"] });
  assert.equal((await finished(job!.id)).state, "COMPLETED");
  const scores = (await rows()).filter(({ ptmId }) => ptmId === id);
  assert.deepEqual(
    scores.map(({ metric, value, reason }) => [metric, value === null, reason]),
    [
      ["NCE", true, "measure: NCE needs the PTM's source probabilities, this input has none"],
      ["LFC", false, null],
    ],
  );
});

test("a PTM that fails on the samples gets the reason as its scores, and the others go on", async () => {
  const id = await addCopy("broken", "probabilities");
  // As if its file had met samples that it cannot take: the probe of addPtm would refuse such a signature.
  await server.container.dataSource.query(
    `UPDATE ptm SET signature = jsonb_set(signature, '{height}', '31') WHERE id = $1`,
    [id],
  );
  const { job } = await measure({ ptmIds: [globalPtmId(id), ptmIds[1]], metrics: ["GBC_SPHERICAL"] });
  assert.equal((await finished(job!.id)).state, "COMPLETED");
  const scores = (await rows()).filter(({ metric }) => metric === "GBC_SPHERICAL");
  assert.match(scores.find(({ ptmId }) => ptmId === id)!.reason!, /^INVALID_MODEL: /);
  assert.equal(typeof scores.find(({ ptmId }) => ptmId === keyOf(ptmIds[1]!))!.value, "number");

  // What made it fail may pass: asking again runs it again, and only it.
  await server.container.dataSource.query(
    `UPDATE ptm SET signature = jsonb_set(signature, '{height}', '32') WHERE id = $1`,
    [id],
  );
  const again = await measure({ ptmIds: [globalPtmId(id), ptmIds[1]], metrics: ["GBC_SPHERICAL"] });
  assert.equal((await finished(again.job!.id)).state, "COMPLETED");
  const mended = (await rows()).filter(({ metric }) => metric === "GBC_SPHERICAL");
  assert.equal(mended.length, 2);
  assert.equal(typeof mended.find(({ ptmId }) => ptmId === id)!.value, "number");
  assert.deepEqual(
    mended[0],
    scores.find(({ ptmId }) => ptmId === keyOf(ptmIds[1]!)),
  );
});

test("measureTransferability refuses what it cannot run, with the reason in the payload", async () => {
  const refusal = async (input: object): Promise<[string, string]> => {
    const { job, userErrors } = await measure({ metrics: ["LFC"], ...input });
    assert.equal(job, null);
    return [userErrors[0]!.code, userErrors[0]!.message];
  };
  const [code, message] = await refusal({ taskId: await addPrivateTask(server, "at home", 1) });
  assert.equal(code, "FAILED_PRECONDITION");
  assert.match(message, /^Task "at home" version 1 is private: it brought class centres alone/);
  assert.deepEqual(await refusal({ ptmIds: [] }), [
    "BAD_USER_INPUT",
    "ptmIds must hold 1 to 100 ids, got 0.",
  ]);
  assert.deepEqual(await refusal({ ptmIds: Array.from({ length: 101 }, () => ptmIds[0]) }), [
    "BAD_USER_INPUT",
    "ptmIds must hold 1 to 100 ids, got 101.",
  ]);
  assert.deepEqual(await refusal({ metrics: [] }), [
    "BAD_USER_INPUT",
    "metrics must hold at least one metric, got none.",
  ]);
  assert.equal((await refusal({ taskId: ptmIds[0] }))[0], "NOT_FOUND");
  assert.equal((await refusal({ ptmIds: [ptmIds[0], globalPtmId(uuid())] }))[0], "NOT_FOUND");
  await server.container.dataSource.query(
    `UPDATE ptm SET status = 'FAILED', status_reason = 'INVALID_MODEL: no' WHERE name = 'broken'`,
  );
  const broken = await server.container.dataSource.getRepository(Ptm).findOneByOrFail({ name: "broken" });
  assert.deepEqual(await refusal({ ptmIds: [globalPtmId(broken.id)] }), [
    "FAILED_PRECONDITION",
    'PTM "broken" version 1 cannot be run: INVALID_MODEL: no',
  ]);
});

test("an attempt that was taken over writes no score", async () => {
  const { dataSource } = server.container;
  const pair = { taskId: keyOf(taskId), ptmId: keyOf(ptmIds[0]!) };
  const id = uuid();
  await dataSource
    .getRepository(Job)
    .insert({ id, kind: "MEASURE", state: "QUEUED", progress: 0, attempts: 0 });
  const [older, newer] = [await JobRun.begin(dataSource, id), await JobRun.begin(dataSource, id)];
  const write = (attempt: JobRun | undefined): Promise<boolean> =>
    attempt!.advance(0.5, "test", (manager) =>
      keepScores(manager, pair, {
        measurements: [{ metric: "SFDA", value: 1, seconds: 0 }],
        sampleCount: 200,
        networkSeconds: 0,
      }),
    );
  const count = (await rows()).length;
  assert.equal(await write(older), false);
  assert.equal((await rows()).length, count);
  assert.equal(await write(newer), true);
  assert.equal((await rows()).length, count + 1);
});

test("a measurement that is cancelled keeps its scores and writes no more", async () => {
  const { dataSource, services } = server.container;
  const id = uuid();
  await dataSource
    .getRepository(Job)
    .insert({ id, kind: "MEASURE", state: "QUEUED", progress: 0, attempts: 0, taskId: keyOf(taskId) });
  const attempt = await JobRun.begin(dataSource, id);
  const count = (await rows()).length;
  const contributor = { ...localViewer("test"), role: "CONTRIBUTOR" } as const;
  assert.equal((await services.cancelJob.run(id, contributor)).state, "CANCELLED");
  assert.equal(await attempt!.advance(0.5, "test", async () => assert.fail("it was cancelled")), false);
  assert.equal((await rows()).length, count);
});

test("a measurement that is given up leaves the task as it was", async () => {
  const { dataSource } = server.container;
  const { id: jobId } = await dataSource.transaction(async (manager) => {
    const id = uuid();
    await manager.insert(Job, {
      id,
      kind: "MEASURE",
      state: "RUNNING",
      progress: 0,
      attempts: 3,
      taskId: keyOf(taskId),
    });
    return manager.findOneByOrFail(Job, { id });
  });
  await new GiveUpJob(dataSource).afterLastAttempt(jobId);
  assert.equal((await dataSource.getRepository(Job).findOneByOrFail({ id: jobId })).state, "FAILED");
  assert.equal((await dataSource.getRepository(Task).findOneByOrFail({ id: keyOf(taskId) })).status, "READY");
});

test("the database refuses a score that is NaN, infinite, or neither value nor reason", async () => {
  const insert = (value: string, reason: string): Promise<unknown> =>
    server.container.dataSource.query(
      `INSERT INTO transferability_score
         (id, task_id, ptm_id, metric, metric_version, value, reason, sample_count, seconds, network_seconds)
       VALUES ($1, $2, $3, 'PARC', 1, ${value}, ${reason}, 1, 0, 0)`,
      [uuid(), keyOf(taskId), keyOf(ptmIds[0]!)],
    );
  for (const [value, reason] of [
    ["'NaN'", "NULL"],
    ["'Infinity'", "NULL"],
    ["'-Infinity'", "NULL"],
    ["NULL", "NULL"],
    ["1", "'because'"],
  ] as const) {
    await assert.rejects(insert(value, reason), /violates check constraint/, `${value}, ${reason}`);
  }
  await insert("1", "NULL");
  await assert.rejects(insert("2", "NULL"), /duplicate key/);
});
