/**
 * `npm run faults:rerank [-- --requests 200] [-- --seed 1]`: two `orb serve --roles api` and three `orb worker` on one
 * PostgreSQL work on re-rankings while one random process is killed with SIGKILL every ten seconds and PostgreSQL twice.
 * Then: did every ranking end, once, equal to the undisturbed one, and did each connection hear each end exactly once?
 * A quiet machine is done with 200 before PostgreSQL was killed twice; 1000 outlast that.
 * Prints the counts; exit code 1 if a promise was broken.
 */
import assert from "node:assert/strict";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";

import "reflect-metadata";

import { readConfig } from "../../src/config.js";
import { Container } from "../../src/container.js";
import { readPostmasterFile } from "../../src/database/postmaster-file.js";
import { uniformStream } from "../../src/engine/random.js";
import { createLogger } from "../../src/log.js";
import { fromGlobalId } from "../../src/schema/global-id.js";
import { CompletionListener } from "./completion-listener.js";
import { plantSpider } from "./plant-spider.js";
import { RetryingClient } from "./retrying-client.js";
import { StormProcess } from "./storm-process.js";
import { addAll, makeWorkload } from "./workload.js";

const PTMS = 14;
const TASKS = 15;
const MOST_RUN = 10;
const KILL_EVERY_MS = 10_000;
const POSTGRES_KILLS = 2;
const CLIENTS = 4;

const { values } = parseArgs({
  options: { requests: { type: "string", default: "200" }, seed: { type: "string", default: "1" } },
});
const seed = Number(values.seed);
const random = uniformStream(seed);
const workload = await makeWorkload(PTMS, TASKS, seed);
const requests = Array.from({ length: Number(values.requests) }, (_, i) => ({
  task: `task ${Math.floor(TASKS * random())}`,
  topK: 1 + Math.floor(MOST_RUN * random()),
  budget: { seconds: 3600 },
  idempotencyKey: `request-${i}`,
}));
const say = (label: string, value: unknown): void =>
  void process.stdout.write(
    `${label.padEnd(40)} ${typeof value === "string" ? value : JSON.stringify(value)}\n`,
  );

/** What a ranking says, in names: the same in every registry. */
type Result = readonly string[];

const calm = await inNewHome(async (home) => {
  const processes = await StormProcess.startAll(home);
  const { results } = await rerankAll(processes);
  await stopAll(processes);
  return results;
});
say("undisturbed re-rankings", calm.size);

const begin = performance.now();
const storm = await inNewHome(async (home) => {
  const processes = await StormProcess.startAll(home);
  const listeners = processes
    .filter(({ address }) => address !== undefined)
    .flatMap(({ address }) => [new CompletionListener(address!), new CompletionListener(address!)]);
  const over = new AbortController();
  const kills = stormOver(home, processes, over.signal);
  const { results, ids, unexpected } = await rerankAll(processes);
  over.abort();
  const counts = await kills;
  await delay(2000); // what has ended is told within that
  const connections = listeners.flatMap((listener) => listener.stop());
  await stopAll(processes);
  const order = await endsInOrder(home);
  return { results, ids, unexpected, counts, connections, order };
});

const { results, ids, unexpected, counts, connections, order } = storm;
const different = requests.filter(
  ({ idempotencyKey: key }) => JSON.stringify(results.get(key)) !== JSON.stringify(calm.get(key)),
);
const doubled = order.length - new Set(order).size;
const missed = connections.filter(({ heard, isWhole }) => !isSlice(heard, order, isWhole));
say("seconds", Math.round((performance.now() - begin) / 1000));
say("kill -9 by role", counts);
say("re-rankings asked / rows / ended", [requests.length, new Set(ids.values()).size, order.length]);
say("ends doubled", doubled);
say("results that differ", different.length);
say("connections of subscribers", connections.length);
say(
  "ends heard over all connections",
  connections.reduce((sum, { heard }) => sum + heard.length, 0),
);
say("connections that missed or doubled one", missed.length);
say("unexpected answers", unexpected);

assert.deepEqual(unexpected, []);
assert.deepEqual([doubled, different.length, missed.length], [0, 0, 0]);
assert.deepEqual(new Set(order), new Set(ids.values()), "every ranking ended, and there are no others");
process.stdout.write("every ranking ended once, as undisturbed, and was told once\n");
process.exit(0); // sockets to killed servers may linger

/** Adds the workload and asks for every re-ranking, several clients at a time; each asks on until it has the end. */
async function rerankAll(processes: readonly StormProcess[]) {
  const addresses = processes.flatMap(({ address }) => address ?? []);
  const clients = Array.from(
    { length: CLIENTS },
    (_, i) => new RetryingClient(addresses[i % addresses.length]!),
  );
  const [first] = clients;
  await addAll(first!, "Ptm", workload.ptms, () => 0);
  const taskIds = await addAll(first!, "Task", workload.tasks, () => 0);
  for (const name of ["ptms", "tasks"]) await ready(first!, name);

  const results = new Map<string, Result>();
  const ids = new Map<string, string>();
  const left = [...requests];
  await Promise.all(
    clients.map(async (client) => {
      for (let request = left.shift(); request !== undefined; request = left.shift()) {
        const { task, ...input } = request;
        const id = await startRanking(client, { ...input, taskId: taskIds.get(task)! });
        ids.set(request.idempotencyKey, fromGlobalId(id)!.key);
        results.set(request.idempotencyKey, await endOf(client, id));
      }
    }),
  );
  return { results, ids, unexpected: clients.flatMap(({ tally }) => tally.unexpected) };
}

async function startRanking(client: RetryingClient, input: object): Promise<string> {
  const { ranking, userErrors } = await client.ask<{ ranking: { id: string } | null; userErrors: object[] }>(
    `mutation ($input: RerankInput!) { rerank(input: $input) { ranking { id } userErrors { message } } }`,
    { input },
  );
  if (ranking === null) throw new Error(JSON.stringify(userErrors));
  return ranking.id;
}

async function endOf(client: RetryingClient, id: string): Promise<Result> {
  const query = `query ($id: ID!) { ranking(id: $id) {
    stage receipt entries { rank ptm { name } fitness coarseRank reranked failure } } }`;
  for (;;) {
    const { stage, entries } = await client.ask<{
      stage: string;
      entries: {
        rank: number;
        ptm: { name: string };
        fitness: number;
        reranked: boolean;
        failure: string | null;
      }[];
    }>(query, { id });
    if (stage !== "RERANKING") {
      return [
        stage,
        ...entries.map((e) => `${e.rank} ${e.ptm.name} ${e.fitness} ${e.reranked} ${e.failure}`),
      ];
    }
    await delay(250);
  }
}

async function ready(client: RetryingClient, field: string): Promise<void> {
  for (;;) {
    const { nodes } = await client.ask<{ nodes: { status: string }[] }>(
      `{ ${field}(first: 100) { nodes { status } } }`,
    );
    if (nodes.every(({ status }) => status === "READY")) return;
    if (nodes.some(({ status }) => status === "FAILED")) throw new Error(`${field}: a job was given up`);
    await delay(200);
  }
}

/** Kills and starts again, until told that it is over. */
async function stormOver(home: string, processes: readonly StormProcess[], signal: AbortSignal) {
  const counts = { api: 0, worker: 0, postgres: 0 };
  const launches: Promise<void>[] = []; // never waited for in between: the next kill comes on time, whoever is still down
  for (let round = 1; ; round++) {
    await delay(KILL_EVERY_MS, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) break;
    const up = processes.filter(({ isUp }) => isUp);
    const victim = up[Math.floor(up.length * random())];
    if (victim === undefined) continue;
    launches.push(victim.killAndLaunch());
    counts[victim.role]++;
    if (round % 2 === 0 && counts.postgres < POSTGRES_KILLS) {
      const postmaster = await readPostmasterFile(join(home, "postgres", "cluster"));
      if (postmaster?.mark === undefined) continue;
      process.kill(postmaster.pid, "SIGKILL");
      counts.postgres++;
    }
  }
  await Promise.all(launches);
  return counts;
}

async function stopAll(processes: readonly StormProcess[]): Promise<void> {
  await Promise.all(processes.map((each) => each.stop()));
}

/** The ids of all re-rankings in the order of their ends. */
async function endsInOrder(home: string): Promise<string[]> {
  const container = await Container.open(readConfig({ ORB_HOME: home }), createLogger("warn"));
  try {
    const rows: { id: string; ended: boolean }[] = await container.dataSource.query(
      `SELECT id, finished_order IS NOT NULL AS ended FROM ranking ORDER BY finished_order`,
    );
    return rows.filter(({ ended }) => ended).map(({ id }) => id);
  } finally {
    await container.close();
  }
}

/** Whether somebody heard a run of consecutive ends: nothing twice, nothing left out; up to the last one if it stayed. */
function isSlice(heard: readonly string[], order: readonly string[], isWhole: boolean): boolean {
  if (heard.length === 0) return true;
  const start = order.indexOf(heard[0]!);
  const slice = order.slice(start, start + heard.length);
  return (
    start >= 0 &&
    slice.length === heard.length &&
    slice.every((id, i) => id === heard[i]) &&
    (!isWhole || start + heard.length === order.length)
  );
}

async function inNewHome<Answer>(run: (home: string) => Promise<Answer>): Promise<Answer> {
  const home = await mkdtemp(join(tmpdir(), "orbweaver-storm-"));
  await chmod(home, 0o711); // root hands the database to another user
  try {
    await plantSpider(home);
    return await run(home);
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 20 });
  }
}
