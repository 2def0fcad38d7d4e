/**
 * `npm run faults [-- --seconds 60] [-- --seed 1]`: kills `orb serve` and its PostgreSQL with SIGKILL at random points
 * while clients add PTMs, tasks and outcomes, and then looks whether anything was lost, doubled or computed differently
 * than in an undisturbed run. Prints the counts; exit code 1 if a promise was broken.
 */
import assert from "node:assert/strict";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";

import "reflect-metadata";

import { uniformStream } from "../../src/engine/random.js";
import { type Audit, auditHome } from "./audit.js";
import { MortalServer } from "./mortal-server.js";
import { plantSpider } from "./plant-spider.js";
import { RetryingClient } from "./retrying-client.js";
import { addAll, makeWorkload, reportAll, type Workload } from "./workload.js";

const PTMS = 14;
const TASKS = 14;
const POSTGRES_KILLS = 3;
/** After a crash a job waits for pg-boss's heartbeat, 10 s, and may be hit again. */
const SETTLE_MS = 120_000;
const GAVE_UP_AFTER = 3;

const { values } = parseArgs({
  options: { seconds: { type: "string", default: "60" }, seed: { type: "string", default: "1" } },
});
const seconds = Number(values.seconds);
const seed = Number(values.seed);
const random = uniformStream(seed);
const say = (label: string, value: unknown): void =>
  void process.stdout.write(
    `${label.padEnd(34)} ${typeof value === "string" ? value : JSON.stringify(value)}\n`,
  );

const workload = await makeWorkload(PTMS, TASKS, seed);
const undisturbed = await inNewHome(async (home) => {
  const server = await MortalServer.start(home);
  const clients = startClients(server.address, workload, 0);
  await clients.done;
  await settled(new RetryingClient(server.address));
  await server.stop();
});
say("undisturbed: jobs", undisturbed.audit.jobs);

let kills = 0;
let postgresKills = 0;
let livezMissed = 0;
const outages: number[] = [];
const disturbed = await inNewHome(async (home) => {
  const server = await MortalServer.start(home);
  const clients = startClients(server.address, workload, (1000 * seconds) / (PTMS + 2));

  const until = performance.now() + 1000 * seconds;
  while (performance.now() < until) {
    await delay(500 + 5500 * random());
    await server.kill();
    kills += 1;
    server.launch();
    if (random() < 0.3) {
      await delay(1500 * random()); // in the middle of its start
      await server.kill();
      kills += 1;
      server.launch();
    }
    await server.up();
  }

  const watch = new AbortController();
  const life = server.watchLife(watch.signal);
  const probe = new RetryingClient(server.address);
  for (; postgresKills < POSTGRES_KILLS; postgresKills += 1) {
    await delay(1000 + 3000 * random());
    const begin = performance.now();
    await server.killPostgres();
    await probe.ask("{ tasks(first: 1) { nodes { id } } }");
    outages.push(Math.round(performance.now() - begin));
  }
  watch.abort();
  livezMissed = await life;

  const outcomesAccepted = await clients.done;
  await settled(probe);
  await server.stop();
  return { outcomesAccepted, ids: clients.ids(), tallies: [...clients.tallies(), probe.tally] };
});

const { audit, result } = disturbed;
const { tallies } = result;
const total = (count: "accepted" | "lost" | "unavailable"): number =>
  tallies.reduce((sum, tally) => sum + tally[count], 0);
const unexpected = tallies.flatMap((tally) => tally.unexpected);
const names = Object.keys(undisturbed.audit.tokens);
const different = names.filter((name) => audit.tokens[name] !== undisturbed.audit.tokens[name]);
const gaveUp = audit.jobs["FAILED"] ?? 0;

say("kill -9 of orb serve", kills);
say("kill -9 of PostgreSQL", postgresKills);
say("ms from that kill to an answer", outages);
say("/livez other than 200 meanwhile", livezMissed);
say(
  "requests accepted / lost / UNAVAILABLE",
  `${total("accepted")} / ${total("lost")} / ${total("unavailable")}`,
);
say("unexpected answers", unexpected);
say("PTMs and tasks", `${audit.ids.length} of ${names.length}`);
say("outcomes accepted / kept", `${result.outcomesAccepted} / ${audit.outcomes}`);
say("jobs by state, by attempts", [audit.jobs, audit.attempts]);
say("queue: unfinished / mismatched", `${audit.unfinished} / ${audit.mismatched}`);
say("tokens that differ", different);
say("temporary files", audit.temporaryFiles);

assert.deepEqual(unexpected, []);
assert.deepEqual(Object.keys(audit.tokens), names, "every entry exists");
assert.equal(audit.ids.length, names.length, "no entry is doubled");
assert.deepEqual([...result.ids].sort(), [...audit.ids].sort(), "the API told the truth about ids");
assert.equal(audit.outcomes, result.outcomesAccepted);
assert.deepEqual([audit.unfinished, audit.mismatched, audit.temporaryFiles, livezMissed], [0, 0, 0, 0]);
// A job whose worker was killed in each of its attempts counts as poison; that is the promise, and here bad luck.
assert.equal(different.length, gaveUp);
assert.ok(
  gaveUp === 0 || audit.attempts[GAVE_UP_AFTER]! >= gaveUp,
  "nothing is given up before its third attempt",
);
assert.ok(Math.max(...outages) < 5000, "PostgreSQL is back within 5 s");
process.stdout.write(gaveUp === 0 ? "nothing lost, nothing doubled\n" : `given up by bad luck: ${gaveUp}\n`);

async function inNewHome<Result>(
  run: (home: string) => Promise<Result>,
): Promise<{ result: Result; audit: Audit }> {
  const home = await mkdtemp(join(tmpdir(), "orbweaver-faults-"));
  await chmod(home, 0o711); // root hands the database to another user
  try {
    await plantSpider(home);
    const result = await run(home);
    return { result, audit: await auditHome(home) };
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

/** Three clients at once; outcomes need entries, so their client follows the others. */
function startClients(address: string, { ptms, tasks }: Workload, pauseMs: number) {
  const clients = Array.from({ length: 3 }, () => new RetryingClient(address));
  const pause = (): number => 2 * pauseMs * random();
  const ids: string[] = [];
  const work = async (): Promise<number> => {
    const half = tasks.length / 2;
    const reports = async (client: RetryingClient, added: Map<string, string>, known: Map<string, string>) =>
      reportAll(client, added, known, () => pause() / 40);
    const [ptmIds, taskIds] = await Promise.all([
      addAll(clients[0]!, "Ptm", ptms, pause),
      addAll(clients[1]!, "Task", tasks.slice(0, half), pause),
    ]);
    const [accepted, moreTasks] = await Promise.all([
      reports(clients[2]!, taskIds, ptmIds),
      addAll(clients[1]!, "Task", tasks.slice(half), () => pause() / 4),
    ]);
    ids.push(...ptmIds.values(), ...taskIds.values(), ...moreTasks.values());
    return accepted;
  };
  return {
    done: work(),
    tallies: () => clients.map(({ tally }) => tally),
    ids: () => ids.map((id) => Buffer.from(id, "base64url").toString().split(":")[1] ?? ""),
  };
}

/** Waits until nothing is being prepared any more. */
async function settled(client: RetryingClient): Promise<void> {
  const until = performance.now() + SETTLE_MS;
  const query = (field: string): string => `{ ${field}(first: 100) { nodes { status } } }`;
  for (;;) {
    const pages = await Promise.all(
      ["ptms", "tasks"].map((field) => client.ask<{ nodes: { status: string }[] }>(query(field))),
    );
    const statuses = pages.flatMap(({ nodes }) => nodes.map(({ status }) => status));
    if (statuses.every((status) => status === "READY" || status === "FAILED")) return;
    if (performance.now() > until) throw new Error(`After ${SETTLE_MS / 1000} s: ${statuses.join(", ")}`);
    await delay(200);
  }
}
