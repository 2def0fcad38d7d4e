import process from "node:process";

import {
  ActivateSpiderDocument,
  everyItem,
  made,
  OrbError,
  SpiderEvaluationDocument,
  type SpiderPartsFragment,
  SpidersDocument,
  TrainSpiderDocument,
} from "orbweaver-client";

import type { ListOptions } from "./command-parts.js";
import { findPool, findSpider } from "./find.js";
import { waitWithBar } from "./job-bar.js";
import { printJson, table } from "./output.js";
import type { ServerOptions } from "./server-options.js";
import { spiderText } from "./spider-text.js";
import { take } from "./take.js";
import { withServer } from "./with-server.js";

export interface TrainSpiderOptions extends ServerOptions {
  readonly pool?: string;
  readonly seed?: number;
  readonly recipe?: object;
}

/** `orb spider list` */
export async function listSpidersCommand(options: ListOptions): Promise<void> {
  await withServer(options, async (orb) => {
    const all = everyItem(async (after) => (await orb.ask(SpidersDocument, { first: 100, after })).spiders);
    const spiders = await take(all, options.limit);
    if (options.json) return printJson(...spiders);
    process.stdout.write(
      `${table<SpiderPartsFragment>(
        [
          { title: "version", cell: ({ version }) => version, right: true },
          { title: "active", cell: ({ active }) => (active ? "active" : "") },
          { title: "status", cell: ({ status }) => status },
          { title: "PTMs", cell: ({ zooSize }) => zooSize, right: true },
          { title: "width", cell: ({ width }) => width, right: true },
          { title: "added", cell: ({ createdAt }) => createdAt.slice(0, 10) },
        ],
        spiders,
      )}\n`,
    );
  });
}

/** `orb spider show` */
export async function showSpiderCommand(version: number | undefined, options: ServerOptions): Promise<void> {
  await withServer(options, async (orb) => {
    const { id } = await findSpider(orb, version);
    const { spider } = await orb.ask(SpiderEvaluationDocument, { id });
    if (options.json) printJson(spider!);
    else process.stdout.write(`${spiderText(spider!)}\n`);
  });
}

/** `orb spider train`: waits until the spider is there; activating it is another decision. */
export async function trainSpiderCommand({
  pool,
  seed,
  recipe,
  ...options
}: TrainSpiderOptions): Promise<void> {
  await withServer(options, async (orb) => {
    const poolId = pool === undefined ? undefined : (await findPool(orb, pool)).id;
    const input = { poolId, recipe: { ...recipe, ...(seed !== undefined && { seed }) } };
    const { trainSpider } = await orb.ask(TrainSpiderDocument, { input });
    const { version } = made(trainSpider, "spider");
    await waitWithBar(orb, trainSpider.job, `spider ${version}`);
    const spider = await findSpider(orb, version);
    // A training can be done and yet have given nothing new.
    if (spider.status !== "READY") {
      throw new OrbError(
        "FAILED_PRECONDITION",
        spider.statusReason ?? `Spider ${version} is ${spider.status}.`,
      );
    }
    if (options.json) printJson(spider);
    else
      process.stdout.write(
        `Spider ${version} is trained; \`orb spider activate ${version}\` lets it rank.\n`,
      );
  });
}

/** `orb spider activate` */
export async function activateSpiderCommand(
  version: number,
  { force = false, ...options }: ServerOptions & { force?: boolean },
): Promise<void> {
  await withServer(options, async (orb) => {
    const { id: spiderId } = await findSpider(orb, version);
    const { activateSpider } = await orb.ask(ActivateSpiderDocument, { input: { spiderId, force } });
    const spider = made(activateSpider, "spider");
    if (options.json) printJson(spider);
    else process.stdout.write(`Spider ${spider.version} ranks from now on.\n`);
  });
}
