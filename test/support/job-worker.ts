/**
 * A worker process to be killed and frozen. Takes one job at a time from the registry whose address is its first argument,
 * says `{"begun": <job>}`, waits for a line on standard input, tries to finish the job under its own name (the second
 * argument) and says `{"finished": <job>, "wrote": <whether the fence let it>}`.
 */
import { once } from "node:events";
import { createInterface } from "node:readline";

import "reflect-metadata";

import type { DatabaseAddress } from "../../src/database/data-source.js";
import { Ptm } from "../../src/entities/ptm.js";
import { PgBossQueue } from "../../src/jobs/queue.js";
import { createLogger } from "../../src/log.js";
import { Metrics } from "../../src/metrics.js";
import { GiveUpJob } from "../../src/services/background/give-up-job.js";
import { JobRun } from "../../src/services/background/job-run.js";
import { connectRegistry } from "./registry.js";

const [address = "", name = ""] = process.argv.slice(2);
const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
const orders = createInterface(process.stdin);
const registry = JSON.parse(address) as DatabaseAddress;
const dataSource = await connectRegistry(registry);
const queue = new PgBossQueue(registry, ["TOKENIZE_PTM"], createLogger("silent"), new Metrics());
await queue.start();

async function run(jobId: string): Promise<void> {
  const attempt = await JobRun.begin(dataSource, jobId);
  if (attempt === undefined) return;
  say({ begun: jobId });
  await once(orders, "line");
  let wrote = false;
  await attempt.finish({ state: "COMPLETED" }, async (manager) => {
    await manager.update(Ptm, { id: attempt.job.ptmId! }, { status: "READY", statusReason: name });
    wrote = true;
  });
  say({ finished: jobId, wrote });
}

await queue.work(new Map([["TOKENIZE_PTM", { run }]]), new GiveUpJob(dataSource), 1);
