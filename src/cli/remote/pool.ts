import process from "node:process";

import {
  CreatePoolDocument,
  everyItem,
  type JobPartsFragment,
  made,
  MeasurePoolDocument,
  type OrbClient,
  type PoolPartsFragment,
  PoolsDocument,
} from "orbweaver-client";

import type { ListOptions } from "./command-parts.js";
import { findPool, findTask } from "./find.js";
import { waitWithBar } from "./job-bar.js";
import { printJson, table } from "./output.js";
import type { ServerOptions } from "./server-options.js";
import { take } from "./take.js";
import { withServer } from "./with-server.js";

export interface CreatePoolOptions extends ServerOptions {
  readonly trainingTasks?: number;
  readonly seed?: number;
}

/** `orb pool list` */
export async function listPoolsCommand(options: ListOptions): Promise<void> {
  await withServer(options, async (orb) => {
    const all = everyItem(async (after) => (await orb.ask(PoolsDocument, { first: 100, after })).pools);
    const pools = await take(all, options.limit);
    if (options.json) return printJson(...pools);
    process.stdout.write(
      `${table<PoolPartsFragment>(
        [
          { title: "pool", cell: ({ name }) => name },
          { title: "status", cell: ({ status }) => status },
          { title: "sources", cell: ({ sources }) => sources.length, right: true },
          { title: "training tasks", cell: ({ taskCount }) => taskCount, right: true },
          { title: "metrics", cell: ({ metrics }) => metrics.join(" ") },
          { title: "added", cell: ({ createdAt }) => createdAt.slice(0, 10) },
          { title: "by", cell: ({ createdBy }) => createdBy },
        ],
        pools,
      )}\n`,
    );
  });
}

/** `orb pool create` */
export async function createPoolCommand(
  name: string,
  tasks: readonly string[],
  { trainingTasks, seed, ...options }: CreatePoolOptions,
): Promise<void> {
  await withServer(options, async (orb) => {
    const taskIds: string[] = [];
    for (const which of tasks) taskIds.push((await findTask(orb, which)).id);
    const drawn = { ...(trainingTasks && { trainingTasks }), ...(seed !== undefined && { seed }) };
    const input = { name, taskIds, ...drawn };
    const { createPool } = await orb.ask(CreatePoolDocument, { input });
    await measured(orb, made(createPool, "pool"), createPool.job, options);
  });
}

/** `orb pool measure` */
export async function measurePoolCommand(which: string, options: ServerOptions): Promise<void> {
  await withServer(options, async (orb) => {
    const { id: poolId } = await findPool(orb, which);
    const { measurePool } = await orb.ask(MeasurePoolDocument, { input: { poolId } });
    await measured(orb, made(measurePool, "pool"), measurePool.job, options);
  });
}

async function measured(
  orb: OrbClient,
  { id, name }: PoolPartsFragment,
  job: JobPartsFragment | null,
  { json }: ServerOptions,
): Promise<void> {
  await waitWithBar(orb, job, `pool ${name}`);
  const pool = await findPool(orb, id);
  if (json) printJson(pool);
  else
    process.stdout.write(`Pool ${name} is measured; \`orb spider train --pool "${name}"\` learns from it.\n`);
}
