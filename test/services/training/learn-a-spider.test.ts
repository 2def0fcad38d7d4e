import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { createClient } from "graphql-ws";
import { WebSocket } from "ws";

import { matrix } from "../../../src/engine/matrix.js";
import { withCompanions } from "../../../src/engine/ranking/with-companions.js";
import { fitness } from "../../../src/engine/spider/fitness.js";
import { readSnapshot } from "../../../src/engine/spider/snapshot.js";
import { companionsOf, tokenMatrix } from "../../../src/engine/spider/spider.js";
import { Job } from "../../../src/entities/job.js";
import { PoolMeasurement } from "../../../src/entities/pool-measurement.js";
import { PtmProjection } from "../../../src/entities/ptm-projection.js";
import { PtmToken } from "../../../src/entities/ptm-token.js";
import { Ptm } from "../../../src/entities/ptm.js";
import { TaskToken } from "../../../src/entities/task-token.js";
import { Spider } from "../../../src/entities/spider.js";
import { SpiderTraining } from "../../../src/entities/spider-training.js";
import {
  TRANSFERABILITY_METRICS,
  TransferabilityScore,
} from "../../../src/entities/transferability-score.js";
import { fromGlobalId, toGlobalId } from "../../../src/schema/global-id.js";
import { RandomSpider } from "../../support/random-spider.js";
import {
  ENCODER_WIDTH,
  INPUTS,
  jobsOver,
  linearNetwork,
  openRerankWorld,
  type RerankWorld,
  type WorldTask,
} from "../../support/rerank-world.js";
import { client, type TestServer } from "../../support/server.js";

const RECIPE = { width: 8, batchSize: 8, mostRun: 2, validation: 10, priorWeight: 0, companions: 0 };
const TRAIN = `mutation ($input: TrainSpiderInput!) {
  trainSpider(input: $input) { spider { id version status } job { id kind } userErrors { code message } }
}`;
const SHOWN = `query ($id: ID!) {
  spider(id: $id) {
    version status statusReason active zooSize snapshotSha256 manifest
    curve { epoch loss validationTau }
    trainedOn { pool { name } ptmCount outcomeSourceCount }
    evaluation { validationTau rerankTopK mergePolicy tasks rankers {
      ranker taskCount tauW { mean } forwardPasses
      tasks(first: 10) { nodes { name task { name } missing tauW regret1 } pageInfo { hasNextPage } totalCount }
    } }
  }
}`;

interface Shown {
  readonly status: string;
  readonly statusReason: string | null;
  readonly zooSize: number;
  readonly snapshotSha256: string | null;
  readonly curve: readonly { epoch: number; validationTau: number | null }[];
  readonly trainedOn: { ptmCount: number; outcomeSourceCount: number };
  readonly evaluation: {
    rankers: readonly ShownRanker[];
    tasks: readonly string[];
  } | null;
}

interface ShownRanker {
  readonly ranker: string;
  readonly taskCount: number;
  readonly tauW: { mean: number } | null;
  readonly forwardPasses: number | null;
  readonly tasks: {
    readonly nodes: readonly {
      name: string;
      task: { name: string };
      missing: string | null;
      tauW: number | null;
      regret1: number | null;
    }[];
    readonly totalCount: number;
  };
}

let world: RerankWorld;
let api: Pick<TestServer, "ask" | "upload">;
let address: string;
let sources: readonly WorldTask[];
let poolId: string;
before(async () => {
  world = await openRerankWorld(["a", "b", "c"], { work: true });
  address = await world.container.serve();
  api = client(address);
  sources = [await world.addTask(1), await world.addTask(2), await world.addTask(3)];
  const { createPool } = await api.ask<{ createPool: { pool: { id: string }; userErrors: unknown[] } }>(
    `mutation ($input: CreatePoolInput!) { createPool(input: $input) { pool { id } userErrors { message } } }`,
    {
      input: {
        name: "three tasks",
        taskIds: sources.map(({ id }) => toGlobalId("Task", id)),
        trainingTasks: 60,
        metrics: ["LOG_ME", "K_NN"],
      },
    },
  );
  poolId = createPool.pool.id;
  await jobsOver(world.container);
});
after(() => world.close());

async function trained(recipe: object): Promise<{ id: string; shown: Shown }> {
  const { trainSpider } = await api.ask<{
    trainSpider: { spider: { id: string } | null; userErrors: unknown[] };
  }>(TRAIN, { input: { poolId, recipe: { ...RECIPE, ...recipe } } });
  assert.deepEqual(trainSpider.userErrors, []);
  await jobsOver(world.container);
  const { id } = trainSpider.spider!;
  return { id, shown: (await api.ask<{ spider: Shown }>(SHOWN, { id })).spider };
}

async function activated(spiderId: string, force = false): Promise<string> {
  const { activateSpider } = await api.ask<{
    activateSpider: { userErrors: { code: string; message: string }[] };
  }>(
    `mutation ($input: ActivateSpiderInput!) { activateSpider(input: $input) { userErrors { code message } } }`,
    { input: { spiderId, force } },
  );
  await jobsOver(world.container);
  return activateSpider.userErrors[0]?.message ?? "done";
}

test("a pool of tasks is measured network by network, and a second measuring finds all there", async () => {
  const { dataSource } = world.container;
  const { pool } = await api.ask<{ pool: { status: string; sources: object[]; job: { state: string } } }>(
    `query ($id: ID!) { pool(id: $id) { status sources { name task { name } } job { state } } }`,
    { id: poolId },
  );
  assert.deepEqual(pool, {
    status: "READY",
    sources: [1, 2, 3].map((n) => ({ name: `task ${n} version 1`, task: { name: `task ${n}` } })),
    job: { state: "COMPLETED" },
  });
  const measured = await dataSource.getRepository(PoolMeasurement).find({ order: { ptmSha256: "ASC" } });
  assert.equal(measured.length, 3);
  for (const { scores } of measured) {
    assert.equal(scores!.length, 60 * 2);
    assert.ok(scores!.every((score) => Number.isFinite(score)));
  }
  await api.ask(
    `mutation ($input: MeasurePoolInput!) { measurePool(input: $input) { userErrors { message } } }`,
    { input: { poolId } },
  );
  await jobsOver(world.container);
  assert.deepEqual(
    await dataSource.getRepository(PoolMeasurement).find({ order: { ptmSha256: "ASC" } }),
    measured,
  );
});

test("a training ends in a spider with curve, evaluation and tokens; the same again gives the same bytes", async () => {
  const { dataSource } = world.container;
  const { id, shown } = await trained({ epochs: 3 });
  assert.equal(shown.status, "READY", shown.statusReason ?? "");
  assert.deepEqual(
    shown.curve.map(({ epoch }) => epoch),
    [1, 2, 3],
  );
  assert.deepEqual([shown.zooSize, shown.trainedOn.ptmCount], [3, 3]);
  assert.deepEqual(shown.evaluation!.tasks, [], "no task outside of the pool has outcomes");
  const training = await dataSource
    .createQueryBuilder(SpiderTraining, "training")
    .addSelect("training.checkpoint")
    .orderBy("training.createdAt", "DESC")
    .getOneOrFail();
  assert.deepEqual([training.checkpoint, training.checkpointEpoch], [null, 3]);

  const again = await trained({ epochs: 3 });
  assert.notEqual(again.id, id);
  assert.equal(again.shown.status, "FAILED");
  assert.match(again.shown.statusReason!, /gave spider \d+ again, byte for byte/);
  const job = await dataSource
    .getRepository(Job)
    .findOneByOrFail({ spiderId: fromGlobalId(again.id)!.key, kind: "TRAIN" });
  assert.deepEqual([job.state, job.errorMessage], ["FAILED", again.shown.statusReason]);
});

test("a request with a key is one training, and the key is not for another request", async () => {
  const input = { poolId, recipe: { ...RECIPE, epochs: 2, seed: 9 }, idempotencyKey: "nightly" };
  const ask = async (changed: object = {}) =>
    (
      await api.ask<{ trainSpider: { spider: { id: string } | null; userErrors: { code: string }[] } }>(
        TRAIN,
        {
          input: { ...input, ...changed },
        },
      )
    ).trainSpider;
  const first = await ask();
  await jobsOver(world.container);
  assert.equal((await ask()).spider!.id, first.spider!.id);
  assert.equal((await ask({ recipe: { ...RECIPE, epochs: 4 } })).userErrors[0]!.code, "CONFLICT");
  const wrong = await ask({ recipe: { ...RECIPE, epochs: 0 }, idempotencyKey: null });
  assert.equal(wrong.userErrors[0]!.code, "BAD_USER_INPUT");
});

test("a spider that ranks the validation tasks worse is refused unless forced, and the better one can come back", async () => {
  const spiders = await Promise.all([1, 2].map((seed) => trained({ epochs: 2, seed: 20 + seed })));
  const [first, second] = spiders as [(typeof spiders)[0], (typeof spiders)[0]];
  assert.equal(await activated(first.id, true), "done");
  const refusal = await activated(second.id);
  const [better, worse] = refusal === "done" ? [second, first] : [first, second];
  assert.match(await activated(worse.id), /ranks worse than the active spider \d+: weighted tau/);
  assert.equal(await activated(worse.id, true), "done");
  assert.equal(await activated(better.id), "done");
  assert.equal(await activated(better.id), "done", "safe to repeat");
  const active = await world.container.dataSource.getRepository(Spider).findOneByOrFail({ active: true });
  assert.equal(toGlobalId("Spider", active.id), better.id);
});

test("a PTM with unknown weights becomes READY by itself, is ranked, and is read when it is ranked again", async () => {
  const { dataSource } = world.container;
  const weights = new RandomSpider(77).values(INPUTS * 4, 0.3);
  const artifact = await api.upload(linearNetwork({ width: 4, weights }));
  const before = await dataSource.getRepository(PtmToken).find({ order: { id: "ASC" } });
  const { addPtm } = await api.ask<{ addPtm: { ptm: { id: string } } }>(
    `mutation ($input: AddPtmInput!) { addPtm(input: $input) { ptm { id } userErrors { message } } }`,
    { input: { name: "added", artifact, signature: { input: "image", height: 4, width: 4 } } },
  );
  await jobsOver(world.container);
  const { ptm } = await api.ask<{ ptm: { status: string; statusReason: string | null } }>(
    `query ($id: ID!) { ptm(id: $id) { status statusReason token { width } } }`,
    { id: addPtm.ptm.id },
  );
  assert.deepEqual(ptm, { status: "READY", statusReason: null, token: { width: 8 } });
  const [projection] = await dataSource.getRepository(PtmProjection).find();
  assert.deepEqual([projection!.width, projection!.weight.length, projection!.bias.length], [4, 32, 8]);
  const known = new Set(before.map(({ id }) => id));
  const all = await dataSource.getRepository(PtmToken).find({ order: { id: "ASC" } });
  assert.deepEqual(
    all.filter(({ id }) => known.has(id)),
    before,
    "the others' tokens are as they were",
  );

  const task = await world.addTask(50);
  const { rerank } = await api.ask<{ rerank: { ranking: { id: string } } }>(
    `mutation ($input: RerankInput!) { rerank(input: $input) { ranking { id } userErrors { message } } }`,
    { input: { taskId: toGlobalId("Task", task.id), topK: 4 } },
  );
  await jobsOver(world.container);
  const { ranking } = await api.ask<{
    ranking: { entries: { ptm: { name: string }; reranked: boolean; failure: string | null }[] };
  }>(`query ($id: ID!) { ranking(id: $id) { entries { ptm { name } reranked failure } } }`, {
    id: rerank.ranking.id,
  });
  const states = ranking.entries.map(({ ptm, reranked, failure }) => `${ptm.name} ${reranked} ${failure}`);
  assert.deepEqual(
    states.toSorted((a, b) => a.localeCompare(b)),
    ["a", "added", "b", "c"].map((name) => `${name} true null`),
  );
});

test("a PTM whose token would spoil the ranking ends FAILED with the reason, and gets no token", async () => {
  const { dataSource } = world.container;
  const weights = new RandomSpider(78).values(INPUTS * 5, 0.3);
  const artifact = await api.upload(linearNetwork({ width: 5, weights }));
  // Measured already, so that it is not run: the best on all tasks that it learns from, the worst on those that judge it.
  const measurements = dataSource.getRepository(PoolMeasurement);
  const one = await measurements.findOneByOrFail({ ptmSha256: world.learned.ptms[0]!.digest });
  const scores = Float32Array.from({ length: 60 * 2 }, (_, i) =>
    i < 2 * (60 - RECIPE.validation) ? 100 : -100,
  );
  await measurements.insert({
    poolId: one.poolId,
    ptmSha256: artifact,
    featuresSha256: one.featuresSha256,
    scores,
  });
  const tokens = await dataSource.getRepository(PtmToken).count();

  const { addPtm } = await api.ask<{ addPtm: { ptm: { id: string }; job: { id: string } } }>(
    `mutation ($input: AddPtmInput!) { addPtm(input: $input) { ptm { id } job { id } userErrors { message } } }`,
    { input: { name: "spoils", artifact, signature: { input: "image", height: 4, width: 4 } } },
  );
  await jobsOver(world.container);
  const { ptm, job } = await api.ask<{
    ptm: { status: string; statusReason: string; token: null };
    job: { state: string; errorMessage: string };
  }>(
    `query ($ptm: ID!, $job: ID!) {
      ptm(id: $ptm) { status statusReason token { width } }
      job(id: $job) { state errorMessage }
    }`,
    { ptm: addPtm.ptm.id, job: addPtm.job.id },
  );
  assert.deepEqual([ptm.status, ptm.token, job.state], ["FAILED", null, "FAILED"]);
  assert.match(
    ptm.statusReason,
    /^No good token was found: with the PTM, spider \d+ would rank .* tau -?[\d.]+, without it with .*; a fall of at most 0.05/,
  );
  assert.equal(job.errorMessage, ptm.statusReason);
  assert.equal(await dataSource.getRepository(PtmToken).count(), tokens, "no token, for it or another");
});

async function reportOutcomes(taskId: string): Promise<void> {
  for (const [i, name] of ["a", "b", "c"].entries()) {
    await api.ask(
      `mutation ($input: ReportOutcomeInput!) { reportOutcome(input: $input) { userErrors { message } } }`,
      { input: { taskId, ptmId: toGlobalId("Ptm", world.ptmIds.get(name)!), value: i / 10 } },
    );
  }
}

test("a spider is evaluated on tasks with outcomes that it did not learn from, and PTMs are run for it where they can be", async () => {
  const { dataSource } = world.container;
  const task = await world.addTask(60);
  await reportOutcomes(toGlobalId("Task", task.id));
  const { addTask } = await api.ask<{ addTask: { task: { id: string } } }>(
    `mutation ($input: AddTaskInput!) { addTask(input: $input) { task { id } userErrors { message } } }`,
    {
      input: {
        name: "private",
        centres: {
          classes: ["left", "right"],
          vectors: Buffer.from(new RandomSpider(61).values(2 * ENCODER_WIDTH).buffer).toString("base64"),
        },
      },
    },
  );
  await reportOutcomes(addTask.task.id);

  const { shown } = await trained({ epochs: 2, seed: 31 });
  const { tasks, rankers } = shown.evaluation!;
  assert.deepEqual(tasks, ["private", "task 60"], "newest first");
  const answers = rankers.map(({ ranker, taskCount, forwardPasses }) => [ranker, taskCount, forwardPasses]);
  const zoo = shown.zooSize;
  const runs = Array.from({ length: zoo }, (_, i) => [`spider, ${i + 1} run`, 1, i + 1]);
  assert.deepEqual(answers.slice(0, 1 + zoo), [["spider, coarse", 2, 0], ...runs]);
  const metrics = [...TRANSFERABILITY_METRICS, "Copeland of H_SCORE_SHRINKAGE, LOG_ME, K_NN"];
  assert.deepEqual(
    answers.slice(1 + zoo, -2),
    metrics.map((metric) => [metric, 1, zoo]),
  );
  assert.deepEqual(answers.slice(-2), [
    ["static ranking", 2, 0],
    ["random", 2, 0],
  ]);
  for (const { tasks } of rankers) {
    assert.deepEqual(
      tasks.nodes.map(({ name, task }) => [name, task.name]),
      ["private", "task 60"].map((name) => [name, name]),
    );
    for (const { missing, regret1 } of tasks.nodes) assert.equal(missing === null, regret1 !== null);
    assert.equal(tasks.nodes[1]!.missing, null);
  }
  const reasonOf = (wanted: string): string | null =>
    rankers.find(({ ranker }) => ranker === wanted)!.tasks.nodes[0]!.missing;
  assert.equal(
    reasonOf("spider, 2 run"),
    "2 of the best 2 PTMs have not been run: the task is private, so no PTM can be run on it.",
  );
  assert.match(reasonOf("LOG_ME")!, /^4 of 4 PTMs have no score by LOG_ME: the task is private/);
  const jobs = await dataSource.getRepository(Job).countBy({ taskId: task.id });
  const scoresOf = () =>
    dataSource.getRepository(TransferabilityScore).find({ where: { taskId: task.id }, order: { id: "ASC" } });
  const scores = await scoresOf();
  assert.equal(scores.length, zoo * TRANSFERABILITY_METRICS.length);
  await trained({ epochs: 2, seed: 32 });
  assert.deepEqual(await scoresOf(), scores, "what is there is not measured again");
  assert.equal(await dataSource.getRepository(Job).countBy({ taskId: task.id }), jobs);
});

test("outcomes on a source of the pool are learned from, and the source is then no task to be evaluated on", async () => {
  const { dataSource } = world.container;
  for (const [i, name] of ["a", "b"].entries()) {
    await api.ask(
      `mutation ($input: ReportOutcomeInput!) { reportOutcome(input: $input) { userErrors { message } } }`,
      {
        input: {
          taskId: toGlobalId("Task", sources[0]!.id),
          ptmId: toGlobalId("Ptm", world.ptmIds.get(name)!),
          value: 1 - i / 10,
        },
      },
    );
  }
  const { shown } = await trained({ epochs: 1, seed: 41 });
  assert.equal(shown.trainedOn.outcomeSourceCount, 1);
  assert.deepEqual(shown.evaluation!.tasks, ["private", "task 60"]);
  const training = await dataSource
    .getRepository(SpiderTraining)
    .findOneOrFail({ where: {}, order: { createdAt: "DESC" } });
  const [source] = training.outcomes;
  assert.equal(source!.source, 0);
  assert.deepEqual(
    Object.values(source!.values).sort((a, b) => a - b),
    [0.9, 1],
  );
});

test("companions of a spider have their say in its rankings", async () => {
  const { dataSource, store } = world.container;
  const { id, shown } = await trained({ epochs: 2, seed: 61, companions: 2 });
  assert.deepEqual(
    shown.curve.map(({ epoch }) => epoch),
    [1, 2, 3, 4, 5, 6],
    "the companions' epochs and the spider's own",
  );
  assert.equal(await activated(id, true), "done");
  const task = await world.addTask(70);
  const { rank } = await api.ask<{ rank: { entries: { ptm: { name: string }; fitness: number }[] } }>(
    `query ($taskId: ID!) { rank(taskId: $taskId, topK: 9) { entries { ptm { name } fitness } } }`,
    { taskId: toGlobalId("Task", task.id) },
  );
  const { manifest, snapshotSha256 } = await dataSource
    .getRepository(Spider)
    .findOneByOrFail({ active: true });
  const { spider } = readSnapshot(await store.read(snapshotSha256!), manifest);
  const centres = await dataSource.getRepository(TaskToken).findOneByOrFail({ taskId: task.id });
  const taskToken = matrix(centres.classCount, centres.width, centres.vectors);
  const [own, ...said] = [
    { parameters: spider.parameters, tokens: tokenMatrix(spider.ptms, 8) },
    ...companionsOf(spider),
  ].map(({ parameters, tokens }) =>
    Float32Array.from(spider.ptms, (_, m) =>
      fitness(parameters, tokens.values.subarray(8 * m, 8 * (m + 1)), taskToken),
    ),
  );
  const expected = withCompanions(own!, Int32Array.from(spider.ptms.keys()), said);
  const byHand = spider.ptms.map(({ digest }, m) => ({ digest, fitness: expected[m]! }));
  const ptms = await dataSource.getRepository(Ptm).find();
  assert.equal(rank.entries.length, spider.ptms.length);
  for (const { ptm, fitness } of rank.entries) {
    const { artifactSha256 } = ptms.find(({ name }) => name === ptm.name)!;
    const hand = byHand.find(({ digest }) => digest === artifactSha256)!.fitness;
    assert.ok(Math.abs(fitness - hand) < 1e-4, `${ptm.name}: ${fitness} is not ${hand}`);
  }
});

test("a subscriber sees the curve grow and the end of the training", async () => {
  const { trainSpider } = await api.ask<{ trainSpider: { spider: { id: string } } }>(TRAIN, {
    input: { poolId, recipe: { ...RECIPE, epochs: 5, seed: 51 } },
  });
  const socket = createClient({ url: `${address.replace("http", "ws")}/graphql`, webSocketImpl: WebSocket });
  const states: { status: string; epochs: number }[] = [];
  try {
    const events = socket.iterate<{ spiderUpdated: Shown }>({
      query: `subscription ($id: ID!) { spiderUpdated(spiderId: $id) { status curve { epoch } } }`,
      variables: { id: trainSpider.spider.id },
    });
    for await (const { data } of events) {
      states.push({ status: data!.spiderUpdated.status, epochs: data!.spiderUpdated.curve.length });
    }
  } finally {
    await socket.dispose();
  }
  assert.deepEqual(states.at(-1), { status: "READY", epochs: 5 });
  const epochs = states.map(({ epochs }) => epochs);
  assert.deepEqual(
    epochs,
    epochs.toSorted((a, b) => a - b),
  );
  assert.ok(states.slice(0, -1).every(({ status }) => status === "TRAINING"));
});
