import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";

import { v7 as uuid } from "uuid";

import { DEFAULT_ARCHIVE_LIMITS } from "../../../src/archives/archive-limits.js";
import { mixWithScores } from "../../../src/engine/ranking/mix-with-scores.js";
import { measure } from "../../../src/engine/transferability/registry.js";
import { fitness } from "../../../src/engine/spider/fitness.js";
import { Job } from "../../../src/entities/job.js";
import { Outcome } from "../../../src/entities/outcome.js";
import { RankingEntry } from "../../../src/entities/ranking-entry.js";
import { Ranking } from "../../../src/entities/ranking.js";
import { SpecificToken } from "../../../src/entities/specific-token.js";
import { TransferabilityScore } from "../../../src/entities/transferability-score.js";
import { TaskToken } from "../../../src/entities/task-token.js";
import { DomainError } from "../../../src/errors.js";
import { createLogger } from "../../../src/log.js";
import { matrix } from "../../../src/engine/matrix.js";
import { MetricScorer } from "../../../src/engine/runtime/metric-scorer.js";
import { AdvanceRanking } from "../../../src/services/ranking/advance-ranking.js";
import { GiveUpJob } from "../../../src/services/background/give-up-job.js";
import { JobRun } from "../../../src/services/background/job-run.js";
import { OutcomeTables } from "../../../src/services/ranking/outcome-table.js";
import type { RerankCommand } from "../../../src/services/ranking/rerank-task.js";
import { RUN_METRICS } from "../../../src/services/tokens/run-metrics.js";
import { RunNetwork } from "../../../src/services/tokens/run-network.js";
import { RunPtm } from "../../../src/services/tokens/run-ptm.js";
import { TaskSamples } from "../../../src/services/tokens/task-samples.js";
import { localViewer } from "../../../src/services/access/viewer.js";
import {
  centresByHand,
  featuresByHand,
  FAILS_ON_BRIGHT,
  openRerankWorld,
  type RerankWorld,
} from "../../support/rerank-world.js";

const VIEWER = localViewer("test");
const NAMES = ["a", "b", "c", "d", FAILS_ON_BRIGHT];
const POLL_MS = 5;
const MEBIBYTE = 1024 * 1024;

let world: RerankWorld;
let advance: AdvanceRanking;
let network: RunNetwork;
let scorer: MetricScorer;
let runPtm: RunPtm;
let giveUp: GiveUpJob;

before(async () => {
  world = await openRerankWorld(NAMES);
  const { dataSource, store, config, services } = world.container;
  const { states, indexes } = services;
  advance = new AdvanceRanking(
    dataSource,
    states,
    indexes,
    new OutcomeTables(dataSource),
    createLogger("silent"),
  );
  giveUp = new GiveUpJob(dataSource);
  const limits = { memoryBytes: 1024 * MEBIBYTE, deadlineSeconds: 20, openDeadlineSeconds: 20 };
  network = new RunNetwork(store, limits, 2);
  const samples = new TaskSamples(store, DEFAULT_ARCHIVE_LIMITS, config.samplesPerClass);
  scorer = new MetricScorer();
  runPtm = new RunPtm(dataSource, samples, network, scorer, advance);
});
after(async () => {
  await advance.close();
  await network.close();
  await scorer.close();
  await world.close();
});

const signal = new AbortController().signal;

function rerank(taskId: string, command: Partial<RerankCommand> = {}) {
  const whole: RerankCommand = {
    taskId,
    topK: 3,
    filter: {},
    budgetSeconds: 600,
    urgency: "INTERACTIVE",
    ...command,
  };
  return world.container.services.rerankTask.run(whole, VIEWER);
}

/** Runs that wait, in the order of the coarse ranking. */
async function runsOf(rankingId: string): Promise<string[]> {
  const entries = await entriesOf(rankingId);
  return entries
    .sort((a, b) => a.coarseRank - b.coarseRank)
    .flatMap(({ jobId }) => (jobId === null ? [] : [jobId]));
}

function entriesOf(rankingId: string): Promise<RankingEntry[]> {
  return world.container.dataSource
    .getRepository(RankingEntry)
    .find({ where: { rankingId }, order: { rank: "ASC" } });
}

function rankingOf(id: string): Promise<Ranking> {
  return world.container.dataSource.getRepository(Ranking).findOneByOrFail({ id });
}

function jobOf(id: string): Promise<Job> {
  return world.container.dataSource.getRepository(Job).findOneByOrFail({ id });
}

async function refusal(work: Promise<unknown>): Promise<DomainError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof DomainError, String(error));
  return error;
}

test("rerank answers at once with the coarse order and queues a run for each of the best", async () => {
  const task = await world.addTask(1);
  const { ranking, job } = await rerank(task.id);

  const coarse = await world.container.services.rankZoo.run({ taskId: task.id, topK: 10, filter: {} });
  const entries = await entriesOf(ranking.id);
  assert.equal(ranking.stage, "RERANKING");
  assert.equal(job.kind, "RERANK");
  assert.deepEqual(
    entries.map(({ ptmId, rank, fitness }) => [ptmId, rank, fitness]),
    coarse.entries.map(({ ptmId, rank, fitness }) => [ptmId, rank, fitness]),
  );
  assert.deepEqual(
    entries.map(({ jobId }) => jobId !== null),
    [true, true, true, false, false],
  );
  await world.container.services.cancelJob.run(job.id, VIEWER);
});

test("joining and cancelling runs waits for nobody who writes entries that refer to them", async () => {
  const task = await world.addTask(40);
  const { ranking, job } = await rerank(task.id, { topK: 2 });
  const writer = world.container.dataSource.createQueryRunner();
  await writer.startTransaction();
  // What the foreign key of an entry takes.
  await writer.query("SELECT FROM job WHERE id = ANY($1) FOR KEY SHARE", [await runsOf(ranking.id)]);
  const joined = await rerank(task.id, { topK: 3 });
  await world.container.services.cancelJob.run(joined.job.id, VIEWER);
  await world.container.services.cancelJob.run(job.id, VIEWER);
  await writer.rollbackTransaction();
  await writer.release();
});

test("a re-ranking takes the fitness of the plain reference with specific rows, and keeps the others' places", async () => {
  const task = await world.addTask(2);
  const { ranking } = await rerank(task.id);
  for (const jobId of await runsOf(ranking.id)) await runPtm.run(jobId, signal);

  const entries = await entriesOf(ranking.id);
  const token = await world.container.dataSource
    .getRepository(TaskToken)
    .findOneByOrFail({ taskId: task.id });
  const taskToken = matrix(token.classCount, token.width, token.vectors);
  let largest = 0;
  for (const { ptmId, fitness: got, reranked, coarseRank } of entries) {
    const name = [...world.ptmIds].find(([, id]) => id === ptmId)![0];
    const learned = world.learned.ptms.find(({ id }) => id === name)!;
    const specific = {
      token: centresByHand(task, world.layers.get(name)!),
      projection: learned.projection,
      bias: learned.projectionBias,
    };
    const expected = fitness(
      world.learned.parameters,
      learned.token,
      taskToken,
      coarseRank <= 3 ? specific : undefined,
    );
    assert.equal(reranked, coarseRank <= 3);
    largest = Math.max(largest, Math.abs(got - expected));
  }
  assert.ok(largest < 1e-4, `largest difference ${largest}`);
  const best = entries.slice(0, 3);
  assert.deepEqual(
    best.map(({ fitness: value }) => value),
    best.map(({ fitness: value }) => value).sort((a, b) => b - a),
  );
  assert.deepEqual(
    entries.slice(3).map(({ coarseRank }) => coarseRank),
    [4, 5],
  );
  const { stage, evidence, finishedAt } = await rankingOf(ranking.id);
  assert.equal(stage, "RERANKED");
  assert.ok(finishedAt);
  const { forwardPasses, runsReused, mergePolicy } = evidence!;
  assert.deepEqual(
    { forwardPasses, runsReused, mergePolicy },
    {
      forwardPasses: 3,
      runsReused: 0,
      mergePolicy: "AMONG_THEMSELVES",
    },
  );
});

test("a run stores what the metrics say of the very features that its token is made of", async () => {
  const task = await world.addTask(21);
  const { ranking } = await rerank(task.id, { topK: 1 });
  const [run] = await runsOf(ranking.id);
  await runPtm.run(run!, signal);

  const { dataSource } = world.container;
  const [{ ptmId }] = (await entriesOf(ranking.id)).filter(({ reranked }) => reranked) as [RankingEntry];
  const scores = await dataSource
    .getRepository(TransferabilityScore)
    .find({ where: { taskId: task.id, ptmId }, order: { metric: "ASC" } });
  assert.deepEqual(
    scores.map(({ metric, sampleCount, reason }) => [metric, sampleCount, reason]),
    [...RUN_METRICS].sort().map((metric) => [metric, task.labels.length, null]),
  );
  const name = [...world.ptmIds].find(([, id]) => id === ptmId)![0];
  const input = {
    features: featuresByHand(task, world.layers.get(name)!),
    labels: Int32Array.from(task.labels),
    classCount: 2,
  };
  for (const { metric, value } of scores) {
    const expected = await measure(metric, input);
    assert.ok(Math.abs(value! - expected) < 1e-4 * Math.max(1, Math.abs(expected)), `${metric} ${value}`);
  }
  const { evidence } = await rankingOf(ranking.id);
  assert.equal(evidence?.forwardSeconds, scores[0]!.networkSeconds);
});

test("a defect of a metric costs its value and neither the token nor the ranking", async () => {
  const task = await world.addTask(22);
  const { ranking } = await rerank(task.id, { topK: 1 });
  const [run] = await runsOf(ranking.id);
  const broken = new MetricScorer();
  await broken.close();
  const { dataSource, store, config } = world.container;
  const samples = new TaskSamples(store, DEFAULT_ARCHIVE_LIMITS, config.samplesPerClass);
  await new RunPtm(dataSource, samples, network, broken, advance).run(run!, signal);
  assert.equal((await rankingOf(ranking.id)).stage, "RERANKED");
  const scores = await dataSource.getRepository(TransferabilityScore).findBy({ taskId: task.id });
  assert.deepEqual(
    scores.map(({ value, reason }) => [value, reason]),
    RUN_METRICS.map(() => [null, "The metrics could not be computed: metricScorer: closed"]),
  );
});

test("a spider that mixes orders the PTMs that were run by fitness and scores together, in the places they had", async (t) => {
  const { dataSource } = world.container;
  const rule = { mergePolicy: "MIXED_WITH_SCORES", mergeWeights: { FITNESS: 0.1, LOG_ME: 1, K_NN: 1 } };
  const setRule = (hyperparameters: object) =>
    dataSource.query(
      `UPDATE spider SET manifest = manifest || jsonb_build_object('hyperparameters', $1::jsonb)`,
      [JSON.stringify(hyperparameters)],
    );
  await setRule(rule);
  t.after(() => setRule({}));
  const task = await world.addTask(23);
  const { ranking } = await rerank(task.id, { topK: 4 });
  for (const jobId of await runsOf(ranking.id)) await runPtm.run(jobId, signal);

  const entries = await entriesOf(ranking.id);
  const scores = await dataSource.getRepository(TransferabilityScore).findBy({ taskId: task.id });
  const run = entries.filter(({ reranked }) => reranked);
  const valuesOf = (metric: string) =>
    run.map(({ ptmId }) => scores.find((score) => score.ptmId === ptmId && score.metric === metric)!.value!);
  const mixed = mixWithScores({ weight: 0.1, values: run.map(({ fitness }) => fitness) }, [
    { weight: 1, values: valuesOf("LOG_ME") },
    { weight: 1, values: valuesOf("K_NN") },
  ]);
  assert.deepEqual(
    [...mixed],
    [...mixed].sort((a, b) => b - a),
  );
  assert.deepEqual(
    run.map(({ rank }) => rank),
    [1, 2, 3, 4],
  );
  const [mixing, { evidence, receipt }] = [ranking.id, await rankingOf(ranking.id)];
  assert.equal(evidence?.mergePolicy, "MIXED_WITH_SCORES");

  await setRule({});
  const again = await rerank(task.id, { topK: 4 });
  await advance.run(again.ranking.id);
  assert.notEqual(again.ranking.id, mixing);
  assert.notEqual((await rankingOf(again.ranking.id)).receipt, receipt);
});

test("a ranking is re-ordered step by step, and its job says how far it is", async () => {
  const task = await world.addTask(3);
  const { ranking, job } = await rerank(task.id);
  const runs = await runsOf(ranking.id);
  assert.deepEqual([job.state, job.progress], ["RUNNING", 0]);
  const seen: [string, number, number][] = [];
  for (const jobId of runs) {
    const { revision } = await rankingOf(ranking.id);
    await runPtm.run(jobId, signal);
    while ((await rankingOf(ranking.id)).revision === revision) await delay(POLL_MS); // nobody waits for the step
    const { stage } = await rankingOf(ranking.id);
    const done = (await entriesOf(ranking.id)).filter(({ reranked }) => reranked).length;
    seen.push([stage, done, (await jobOf(job.id)).progress]);
  }
  assert.deepEqual(seen, [
    ["RERANKING", 1, 1 / 3],
    ["RERANKING", 2, 2 / 3],
    ["RERANKED", 3, 1],
  ]);
  assert.equal((await jobOf(job.id)).state, "COMPLETED");
});

test("a second re-ranking of a task runs only PTMs that were not run, and gives the same fitness", async () => {
  const task = await world.addTask(4);
  const first = await rerank(task.id, { topK: 2 });
  for (const jobId of await runsOf(first.ranking.id)) await runPtm.run(jobId, signal);
  const again = await rerank(task.id, { topK: 2 });
  assert.deepEqual(await runsOf(again.ranking.id), []);
  await advance.run(again.ranking.id);
  const wider = await rerank(task.id, { topK: 4 });
  assert.equal((await runsOf(wider.ranking.id)).length, 2);

  const [one, two] = [await rankingOf(first.ranking.id), await rankingOf(again.ranking.id)];
  assert.equal(two.stage, "RERANKED");
  assert.equal(two.receipt, one.receipt);
  assert.deepEqual([two.evidence?.forwardPasses, two.evidence?.runsReused], [0, 2]);
  const plain = (entries: RankingEntry[]) => entries.map(({ ptmId, fitness }) => [ptmId, fitness]);
  assert.deepEqual(plain(await entriesOf(two.id)), plain(await entriesOf(one.id)));
  await world.container.services.cancelJob.run(wider.job.id, VIEWER);
});

test("equal requests at the same time are one ranking, and different ones share the runs", async () => {
  const task = await world.addTask(5);
  const answers = await Promise.all([
    ...Array.from({ length: 8 }, () => rerank(task.id)),
    ...Array.from({ length: 4 }, () => rerank(task.id, { topK: 2 })),
    rerank(task.id, { topK: 4, filter: { name: null } }),
  ]);
  const ids = new Set(answers.map(({ ranking }) => ranking.id));
  assert.equal(ids.size, 3);
  const jobs = await world.container.dataSource
    .getRepository(Job)
    .findBy({ taskId: task.id, kind: "RUN_PTM" });
  assert.equal(jobs.length, 4);
  for (const { id } of jobs) await runPtm.run(id, signal);
  for (const id of ids) assert.equal((await rankingOf(id)).stage, "RERANKED");
});

test("a private task is refused with the reason, and so are numbers out of range", async () => {
  const { task } = await world.container.services.addTask.run(
    {
      name: "private",
      newVersion: false,
      content: { centres: { classes: ["x", "y"], vectors: Float32Array.from({ length: 12 }, (_, i) => i) } },
    },
    VIEWER,
  );
  const { code, message } = await refusal(rerank(task.id));
  assert.equal(code, "FAILED_PRECONDITION");
  assert.match(message, /"private" brings class centres alone/);
  for (const command of [
    { topK: 0 },
    { topK: 101 },
    { topK: 1.5 },
    { budgetSeconds: 0 },
    { budgetSeconds: Infinity },
    { budgetSeconds: NaN },
  ]) {
    assert.equal((await refusal(rerank(task.id, command))).code, "BAD_USER_INPUT", JSON.stringify(command));
  }
  assert.equal((await refusal(rerank("00000000-0000-7000-8000-000000000000"))).code, "NOT_FOUND");
  const ready = await world.addTask(7);
  const none = await refusal(rerank(ready.id, { filter: { name: "nobody" } }));
  assert.equal(none.code, "FAILED_PRECONDITION");
});

test("a budget that is used up completes the ranking with what it has and stops its runs", async () => {
  const task = await world.addTask(8);
  const { ranking } = await rerank(task.id, { budgetSeconds: 300 });
  const [first, ...others] = await runsOf(ranking.id);
  await runPtm.run(first!, signal);
  await world.container.dataSource.query(`UPDATE ranking SET deadline_at = now() WHERE id = $1`, [
    ranking.id,
  ]);
  await advance.run(ranking.id);

  const { stage, evidence } = await rankingOf(ranking.id);
  assert.equal(stage, "RERANKED");
  assert.equal(evidence?.forwardPasses, 1);
  for (const jobId of others) assert.equal((await jobOf(jobId)).state, "CANCELLED");
  const failures = (await entriesOf(ranking.id)).filter(({ failure }) => failure !== null);
  assert.deepEqual(
    failures.map(({ failure }) => failure),
    Array(2).fill("Not run: the ranking's seconds were used up before."),
  );
});

test("a cancelled ranking keeps the order it had reached; runs that others wait for go on", async () => {
  const task = await world.addTask(9);
  const two = await rerank(task.id, { topK: 2 });
  const three = await rerank(task.id, { topK: 3 });
  const [first, second, third] = await runsOf(three.ranking.id);
  await runPtm.run(first!, signal);
  const job = await world.container.services.cancelJob.run(three.job.id, VIEWER);

  assert.equal(job.state, "CANCELLED");
  assert.equal((await rankingOf(three.ranking.id)).stage, "CANCELLED");
  assert.equal((await entriesOf(three.ranking.id)).filter(({ reranked }) => reranked).length, 1);
  assert.equal((await jobOf(second!)).state, "QUEUED");
  assert.equal((await jobOf(third!)).state, "CANCELLED");
  assert.equal((await world.container.services.cancelJob.run(three.job.id, VIEWER)).state, "CANCELLED");

  await runPtm.run(third!, signal); // its message is still in the queue
  await runPtm.run(second!, signal);
  assert.equal((await rankingOf(two.ranking.id)).stage, "RERANKED");
  const token = { taskId: task.id };
  assert.equal(await world.container.dataSource.getRepository(SpecificToken).countBy(token), 2);
  const over = await refusal(world.container.services.cancelJob.run(two.job.id, VIEWER));
  assert.equal(over.code, "FAILED_PRECONDITION");
  assert.match(over.message, /COMPLETED/);
});

test("a cancelled run leaves its PTM where it was, and the ranking goes on without it", async () => {
  const task = await world.addTask(10);
  const { ranking } = await rerank(task.id, { topK: 2 });
  const [first, second] = await runsOf(ranking.id);
  await world.container.services.cancelJob.run(first!, VIEWER);
  await runPtm.run(second!, signal);
  const entries = await entriesOf(ranking.id);
  assert.equal((await rankingOf(ranking.id)).stage, "RERANKED");
  assert.equal(entries.find(({ jobId }) => jobId === first)?.failure, "Not run: the job was cancelled.");
});

test("a PTM that fails on the task is marked with its reason after one attempt, and the ranking goes on", async () => {
  const task = await world.addTask(11, { bright: true });
  const { ranking } = await rerank(task.id, { topK: 5 });
  for (const jobId of await runsOf(ranking.id)) await runPtm.run(jobId, signal);
  const entries = await entriesOf(ranking.id);
  assert.equal((await rankingOf(ranking.id)).stage, "RERANKED");
  assert.deepEqual(
    entries.filter(({ failure }) => failure !== null).map(({ ptmId }) => ptmId),
    [world.ptmIds.get(FAILS_ON_BRIGHT)],
  );
  const bad = entries.find(({ failure }) => failure !== null)!;
  assert.match(bad.failure!, /INVALID_OUTPUT: output "features" must be finite, got NaN/);
  assert.equal(bad.rank, bad.coarseRank);
  assert.equal((await jobOf(bad.jobId!)).attempts, 1);
});

test("a re-ranking of which no PTM could be run has failed, with reasons", async () => {
  const task = await world.addTask(12, { bright: true });
  const { ranking, job } = await rerank(task.id, { filter: { name: FAILS_ON_BRIGHT } });
  for (const jobId of await runsOf(ranking.id)) await runPtm.run(jobId, signal);
  const { stage, failure } = await rankingOf(ranking.id);
  assert.equal(stage, "FAILED");
  assert.equal(failure, "None of the PTMs could be run; see the entries.");
  assert.equal((await jobOf(job.id)).state, "FAILED");
});

test("a run that no worker survives is given up, and the ranking goes on without its PTM", async () => {
  const task = await world.addTask(13);
  const { ranking } = await rerank(task.id, { topK: 2 });
  const [first, second] = await runsOf(ranking.id);
  await runPtm.run(second!, signal);
  for (let attempt = 0; attempt < 3; attempt++) await JobRun.begin(world.container.dataSource, first!);
  await giveUp.afterLastAttempt(first!);
  await advance.waitingFor(first!);
  const entry = (await entriesOf(ranking.id)).find(({ jobId }) => jobId === first);
  assert.equal((await rankingOf(ranking.id)).stage, "RERANKED");
  assert.match(entry!.failure!, /Gave up after 3 attempts/);
  assert.equal(
    (await world.container.services.browse.ptms({}, "NAME", { first: 10 })).items.every(
      (ptm) => ptm.status === "READY",
    ),
    true,
  );
});

test("a ranking whose own job is given up has failed, and its runs stop", async () => {
  const task = await world.addTask(14);
  const { ranking, job } = await rerank(task.id);
  await giveUp.afterLastAttempt(job.id);
  assert.equal((await rankingOf(ranking.id)).stage, "FAILED");
  for (const jobId of await runsOf(ranking.id)) assert.equal((await jobOf(jobId)).state, "CANCELLED");
});

test("of two workers on one run the later alone writes, and the ranking completes once", async () => {
  const task = await world.addTask(15);
  const { ranking } = await rerank(task.id, { topK: 1 });
  const [run] = await runsOf(ranking.id);
  await Promise.all([runPtm.run(run!, signal), runPtm.run(run!, signal)]);
  const job = await jobOf(run!);
  assert.deepEqual([job.state, job.attempts], ["COMPLETED", 2]);
  const { stage, revision, finishedOrder } = await rankingOf(ranking.id);
  assert.equal(stage, "RERANKED");
  await Promise.all(Array.from({ length: 5 }, () => advance.run(ranking.id)));
  const later = await rankingOf(ranking.id);
  assert.deepEqual([later.revision, later.finishedOrder], [revision, finishedOrder]);
});

test("many workers that advance one ranking at once complete it once, whole", async () => {
  const task = await world.addTask(16);
  const { ranking } = await rerank(task.id, { topK: 5 });
  const runs = await runsOf(ranking.id);
  await Promise.all(runs.map((jobId) => runPtm.run(jobId, signal)));
  const { stage, revision, evidence } = await rankingOf(ranking.id);
  assert.equal(stage, "RERANKED");
  assert.equal(evidence?.forwardPasses, 5);
  assert.ok(revision <= runs.length, `${revision} steps for ${runs.length} runs`);
  assert.deepEqual(
    (await entriesOf(ranking.id)).map(({ rank }) => rank),
    [1, 2, 3, 4, 5],
  );
});

test("an urgent ranking pulls the runs that it shares with a patient one to the front", async () => {
  const task = await world.addTask(17);
  const patient = await rerank(task.id, { topK: 2, urgency: "BATCH" });
  const [shared] = await runsOf(patient.ranking.id);
  const before = await jobOf(shared!);
  const urgent = await rerank(task.id, { topK: 1 });
  assert.deepEqual([before.priority, (await jobOf(shared!)).priority], [0, 10]);
  const messages: { priority: number }[] = await world.container.dataSource.query(
    `SELECT priority FROM pgboss.job WHERE name = 'run-ptm' AND data->>'jobId' = $1 ORDER BY priority`,
    [shared],
  );
  assert.deepEqual(
    messages.map(({ priority }) => priority),
    [0, 10],
  );
  for (const { job } of [patient, urgent]) await world.container.services.cancelJob.run(job.id, VIEWER);
});

test("jobs that prepare things cannot be cancelled", async () => {
  const job = await world.container.dataSource.getRepository(Job).findOneByOrFail({ kind: "TOKENIZE_PTM" });
  const { code, message } = await refusal(world.container.services.cancelJob.run(job.id, VIEWER));
  assert.equal(code, "FAILED_PRECONDITION");
  assert.match(message, /TOKENIZE_PTM job cannot be cancelled/);
});

test("the full list is sorted by one measure: PTMs that were run keep the prior that the others have, worked by hand", async (t) => {
  const task = await world.addTask(50);
  const other = await world.addTask(51);
  const { dataSource: rows } = world.container;
  const byId = NAMES.toSorted((a, b) => (world.ptmIds.get(a)! < world.ptmIds.get(b)! ? -1 : 1));
  await rows.getRepository(Outcome).insert(
    byId.map((name, i) => ({
      id: uuid(),
      taskId: other.id,
      ptmId: world.ptmIds.get(name)!,
      value: 0.5 - i / 10, // each beats one fewer of the others
      metric: "accuracy",
      protocol: "FULL_FINE_TUNE" as const,
      split: "test",
      seed: 0,
      reportedBy: "test",
    })),
  );
  const merge = (changes: object) =>
    rows.query(`UPDATE spider SET manifest = manifest || $1::jsonb`, [JSON.stringify(changes)]);
  await merge({ priorWeight: 0.5, hyperparameters: { mergePolicy: "FULL_LIST" } });
  t.after(() => merge({ priorWeight: 0, hyperparameters: {} }));
  const { dataSource, store, config, services } = await world.openAnother();
  const { states, indexes, rerankTask } = services;
  const outcomes = new OutcomeTables(dataSource);
  const step = new AdvanceRanking(dataSource, states, indexes, outcomes, createLogger("silent"));
  const samples = new TaskSamples(store, DEFAULT_ARCHIVE_LIMITS, config.samplesPerClass);
  const run = new RunPtm(dataSource, samples, network, scorer, step);

  const { ranking } = await rerankTask.run(
    { taskId: task.id, topK: 2, filter: {}, budgetSeconds: 600, urgency: "INTERACTIVE" },
    VIEWER,
  );
  for (const jobId of await runsOf(ranking.id)) await run.run(jobId, signal);

  const token = await rows.getRepository(TaskToken).findOneByOrFail({ taskId: task.id });
  const taskToken = matrix(token.classCount, token.width, token.vectors);
  const fitnessOf = (name: string, wasRun: boolean): number => {
    const { token, projection, projectionBias: bias } = world.learned.ptms.find(({ id }) => id === name)!;
    const specific = { token: centresByHand(task, world.layers.get(name)!), projection, bias };
    return fitness(world.learned.parameters, token, taskToken, wasRun ? specific : undefined);
  };
  const zoo = byId.map((name) => fitnessOf(name, false));
  const mean = zoo.reduce((sum, value) => sum + value, 0) / zoo.length;
  const deviation = Math.sqrt(zoo.reduce((sum, value) => sum + (value - mean) ** 2, 0) / zoo.length);
  const entries = await entriesOf(ranking.id);
  assert.equal(entries.filter(({ reranked }) => reranked).length, 2);
  let largest = 0;
  for (const { ptmId, fitness: got, reranked } of entries) {
    const i = byId.findIndex((name) => world.ptmIds.get(name) === ptmId);
    const prior = (2 - i) / Math.sqrt(2); // z-scores of 4, 3, 2, 1, 0 others beaten
    const expected = (fitnessOf(byId[i]!, reranked) - mean) / deviation + 0.5 * prior;
    largest = Math.max(largest, Math.abs(got - expected));
  }
  assert.ok(largest < 1e-4, `largest difference ${largest}`);
  const shown = entries.map(({ fitness: value }) => value);
  assert.deepEqual(
    shown,
    shown.toSorted((a, b) => b - a),
  );
});
