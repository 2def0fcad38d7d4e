import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { type Client, createClient } from "graphql-ws";
import { WebSocket } from "ws";

import type { Container } from "../../src/container.js";
import { toGlobalId } from "../../src/schema/global-id.js";
import { FAILS_ON_BRIGHT, openRerankWorld, type RerankWorld } from "../support/rerank-world.js";

const NAMES = ["a", "b", "c", "d", FAILS_ON_BRIGHT];

/** One process's worth answers the API, another works: what a subscriber hears has crossed PostgreSQL. */
let world: RerankWorld;
let worker: Container;
let address: string;
const sockets: Client[] = [];

before(async () => {
  world = await openRerankWorld(NAMES);
  address = await world.container.serve();
  worker = await world.openAnother();
  await worker.work(["RUN_PTM", "RERANK"]);
});
after(async () => {
  for (const socket of sockets) await socket.dispose();
  await world.close();
});

async function ask<Data>(query: string, variables: object): Promise<Data> {
  const response = await fetch(`${address}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as { data: Data; errors?: unknown };
  assert.equal(errors, undefined, JSON.stringify(errors));
  return data;
}

function socket(): Client {
  const client = createClient({ url: `${address.replace("http", "ws")}/graphql`, webSocketImpl: WebSocket });
  sockets.push(client);
  return client;
}

function subscribe<Data>(query: string, variables: object = {}, client = socket()) {
  return client.iterate<Data>({ query, variables: { ...variables } });
}

interface RankingState {
  id: string;
  stage: string;
  job: { state: string; progress: number };
  evidence: { forwardPasses: number; forwardSeconds: number | null; mergePolicy: string | null };
  entries: {
    ptm: { name: string };
    reranked: boolean;
    failure: string | null;
    coarseRank: number;
    scores: { metric: string; value: number | null }[];
  }[];
}

interface Started {
  ranking: { id: string } | null;
  job: { id: string } | null;
  userErrors: { code: string; message: string; path: string[] }[];
}

const RANKING = `id stage job { state progress } evidence { forwardPasses forwardSeconds mergePolicy }
  entries { ptm { name } reranked failure coarseRank scores { metric value } }`;

async function rerank(taskId: string, input: object = {}): Promise<Started> {
  const { rerank } = await ask<{ rerank: Started }>(
    `mutation ($input: RerankInput!) {
       rerank(input: $input) { ranking { id } job { id } userErrors { code message path } }
     }`,
    { input: { taskId: toGlobalId("Task", taskId), topK: 3, ...input } },
  );
  return rerank;
}

/** Every state that a subscription tells until it ends by itself. */
async function statesOf<Data extends object>(
  states: AsyncIterable<{ data?: Data | null | undefined }>,
): Promise<Data[]> {
  const all: Data[] = [];
  for await (const { data, ...rest } of states) {
    assert.ok(data, JSON.stringify(rest));
    all.push(data);
  }
  return all;
}

test("rankingUpdated tells the state, then every step, and ends with the ranking", async () => {
  const task = await world.addTask(1);
  const { ranking, userErrors } = await rerank(task.id);
  assert.deepEqual(userErrors, []);
  const states = (
    await statesOf(
      subscribe<{ rankingUpdated: RankingState }>(
        `subscription ($id: ID!) { rankingUpdated(rankingId: $id) { ${RANKING} } }`,
        { id: ranking!.id },
      ),
    )
  ).map(({ rankingUpdated }) => rankingUpdated);

  const [first, last] = [states[0]!, states.at(-1)!];
  assert.equal(first.entries.length, NAMES.length);
  assert.equal(last.stage, "RERANKED");
  assert.equal(last.evidence.forwardPasses, 3);
  assert.equal(last.evidence.mergePolicy, "AMONG_THEMSELVES");
  assert.deepEqual(last.job, { state: "COMPLETED", progress: 1 });
  assert.ok(last.evidence.forwardSeconds! > 0);
  for (const { reranked, scores } of last.entries) {
    assert.deepEqual(
      scores.map(({ metric }) => metric),
      reranked ? ["H_SCORE_SHRINKAGE", "K_NN", "LOG_ME"] : [],
    );
  }
  const run = states.map(({ entries }) => entries.filter(({ reranked }) => reranked).length);
  assert.deepEqual(
    run,
    [...run].sort((a, b) => a - b),
  );
  assert.ok(states.slice(0, -1).every(({ stage }) => stage === "RERANKING"));

  // What comes late is told the end, and nothing after it.
  const late = await statesOf(
    subscribe<{ rankingUpdated: RankingState }>(
      `subscription ($id: ID!) { rankingUpdated(rankingId: $id) { ${RANKING} } }`,
      { id: ranking!.id },
    ),
  );
  assert.deepEqual(late, [{ rankingUpdated: last }]);
});

test("rerankCompleted tells every end exactly once to every connection, of one task or of all", async () => {
  const [mine, other] = [await world.addTask(2), await world.addTask(3)];
  const query = `subscription ($taskId: ID) { rerankCompleted(taskId: $taskId) { id stage task { name } } }`;
  type Completed = { rerankCompleted: { id: string; stage: string } };
  const wanted = new Set<string>();
  const listeners = [
    { taskId: toGlobalId("Task", mine.id) },
    { taskId: null },
    { taskId: null },
    { taskId: null },
  ].map((variables) => ({
    variables,
    states: subscribe<Completed>(query, variables),
    heard: [] as string[],
  }));
  // A subscription has no acknowledgement: the first pull starts it, and the server's count of watchers shows it.
  const pulls = listeners.map(async ({ states, heard, variables }) => {
    for await (const { data } of states) {
      heard.push(data!.rerankCompleted.id);
      assert.equal(data!.rerankCompleted.stage, "RERANKED");
      if (heard.length === (variables.taskId === null ? 6 : 3)) break;
    }
  });
  await watching(4);
  for (const task of [mine, other]) {
    for (const topK of [1, 2, 3]) {
      const { ranking } = await rerank(task.id, { topK });
      wanted.add(ranking!.id);
    }
  }
  await Promise.all(pulls);
  for (const { heard, variables } of listeners) {
    assert.equal(new Set(heard).size, heard.length);
    if (variables.taskId === null) assert.deepEqual(new Set(heard), wanted);
  }
  await watching(0);
});

test("subscribers of a lost connection to PostgreSQL catch up", async () => {
  const task = await world.addTask(4);
  const states = subscribe<{ rerankCompleted: { id: string } }>(`subscription { rerankCompleted { id } }`);
  const first = states.next();
  await watching(1);
  await world.container.dataSource.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE application_name = 'orbweaver-changes' AND datname = current_database()`,
  );
  const { ranking } = await rerank(task.id, { topK: 1 });
  const { value } = (await first) as { value: { data: { rerankCompleted: { id: string } } } };
  assert.equal(value.data.rerankCompleted.id, ranking!.id);
  await states.return?.();
  await watching(0);
});

test("jobUpdated follows a job to its end, and ptmUpdated a PTM", async () => {
  const task = await world.addTask(5);
  const { job } = await rerank(task.id, { topK: 2 });
  const states = await statesOf(
    subscribe<{ jobUpdated: { kind: string; state: string; ranking: { stage: string } } }>(
      `subscription ($id: ID!) { jobUpdated(jobId: $id) { kind state ranking { stage } } }`,
      { id: job!.id },
    ),
  );
  assert.deepEqual(states.at(-1), {
    jobUpdated: { kind: "RERANK", state: "COMPLETED", ranking: { stage: "RERANKED" } },
  });

  const ptmId = world.ptmIds.get("a")!;
  const ptms = subscribe<{ ptmUpdated: { statusReason: string | null } }>(
    `subscription ($id: ID!) { ptmUpdated(ptmId: $id) { statusReason } }`,
    { id: toGlobalId("Ptm", ptmId) },
  );
  const now = await ptms.next();
  assert.deepEqual(now.value, { data: { ptmUpdated: { statusReason: null } } });
  await worker.dataSource.query(`UPDATE ptm SET status_reason = 'seen' WHERE id = $1`, [ptmId]);
  const then = await ptms.next();
  assert.deepEqual(then.value, { data: { ptmUpdated: { statusReason: "seen" } } });
  await ptms.return?.();
  await watching(0);
});

test("a subscription to what is not there is refused, and nothing stays behind", async () => {
  for (const query of [
    `subscription ($id: ID!) { rankingUpdated(rankingId: $id) { id } }`,
    `subscription ($id: ID!) { jobUpdated(jobId: $id) { id } }`,
    `subscription ($id: ID!) { ptmUpdated(ptmId: $id) { id } }`,
    `subscription ($id: ID!) { rerankCompleted(taskId: $id) { id } }`,
  ]) {
    const type = query.includes("ranking") ? "Ranking" : query.includes("job") ? "Job" : "Ptm";
    const ids = ["nonsense", toGlobalId(type, "00000000-0000-7000-8000-000000000000")];
    for (const id of query.includes("rerankCompleted") ? ["nonsense"] : ids) {
      const { value } = (await subscribe(query, { id }).next()) as {
        value: { errors: { extensions: { code: string } }[] };
      };
      assert.deepEqual(
        value.errors.map(({ extensions }) => extensions.code),
        ["NOT_FOUND"],
        query,
      );
    }
  }
  await watching(0);
});

test("a client that leaves while a ranking runs leaves no watcher behind", async () => {
  const task = await world.addTask(6);
  const { ranking } = await rerank(task.id, { budget: { seconds: 300 } });
  const client = socket();
  const states = subscribe(`subscription { rerankCompleted { id } }`, { id: ranking!.id }, client);
  void states.next();
  await watching(1);
  await client.dispose();
  await watching(0);
});

test("rerank refuses in its payload, and cancelJob stops a ranking", async () => {
  const missing = await rerank("00000000-0000-7000-8000-000000000000");
  assert.deepEqual(
    missing.userErrors.map(({ code }) => code),
    ["NOT_FOUND"],
  );
  const task = await world.addTask(7);
  const many = await rerank(task.id, { topK: 1000 });
  assert.deepEqual(many, {
    ranking: null,
    job: null,
    userErrors: [
      { code: "BAD_USER_INPUT", message: "topK must be 1 to 100, got 1000.", path: ["input", "topK"] },
    ],
  });

  await worker.close(); // so that the ranking waits
  const { job, ranking } = await rerank(task.id, { urgency: "BATCH" });
  const priorities: { priority: number }[] = await world.container.dataSource.query(
    `SELECT DISTINCT priority FROM job WHERE task_id = $1 AND kind = 'RUN_PTM'`,
    [task.id],
  );
  assert.deepEqual(priorities, [{ priority: 0 }]);
  const { cancelJob } = await ask<{ cancelJob: { job: { state: string }; userErrors: unknown[] } }>(
    `mutation ($input: CancelJobInput!) { cancelJob(input: $input) { job { state } userErrors { code } } }`,
    { input: { jobId: job!.id } },
  );
  assert.deepEqual(cancelJob, { job: { state: "CANCELLED" }, userErrors: [] });
  const { ranking: after } = await ask<{ ranking: { stage: string } }>(
    `query ($id: ID!) { ranking(id: $id) { stage } }`,
    { id: ranking!.id },
  );
  assert.equal(after.stage, "CANCELLED");
});

/** Waits until so many subscriptions are open on the server. */
async function watching(count: number): Promise<void> {
  while (world.container.watchers !== count) await new Promise((resolve) => setTimeout(resolve, 5));
}
