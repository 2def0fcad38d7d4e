import process from "node:process";

import {
  ActivateSpiderDocument,
  everyItem,
  made,
  OrbError,
  type SpiderPartsFragment,
  SpidersDocument,
  TrainSpiderDocument,
} from "orbweaver-client";

import { waitWithBar } from "./job-bar.js";
import { printJson, table } from "./output.js";
import type { ServerOptions } from "./server-options.js";
import { take } from "./take.js";
import { withServer } from "./with-server.js";

/** `orb spider list` */
export async function listSpidersCommand(options: ServerOptions & { limit: number }): Promise<void> {
  await withServer(options, async (orb) => {
    const all = everyItem(async (after) => (await orb.ask(SpidersDocument, { first: 100, after })).spiders);
    const spiders = await take(all, options.limit);
    if (options.json) return printJson(...spiders);
    process.stdout.write(
      `${table<SpiderPartsFragment>(
        [
          { title: "version", cell: ({ version }) => version, right: true },
          { title: "active", cell: ({ active }) => (active ? "active" : "") },
          { title: "PTMs", cell: ({ zooSize }) => zooSize, right: true },
          { title: "width", cell: ({ width }) => width, right: true },
          { title: "added", cell: ({ createdAt }) => createdAt.slice(0, 10) },
        ],
        spiders,
      )}\n`,
    );
  });
}

/** `orb spider train`: waits until the spider is there; activating it is another decision. */
export async function trainSpiderCommand(options: ServerOptions & { pool?: string }): Promise<void> {
  await withServer(options, async (orb) => {
    const { trainSpider } = await orb.ask(TrainSpiderDocument, { input: { poolId: options.pool } });
    const spider = made(trainSpider, "spider");
    await waitWithBar(orb, trainSpider.job, `spider ${spider.version}`);
    if (options.json) printJson(spider);
    else
      process.stdout.write(
        `Spider ${spider.version} is trained; \`orb spider activate ${spider.version}\` lets it rank.\n`,
      );
  });
}

/** `orb spider activate` */
export async function activateSpiderCommand(
  version: number,
  { force = false, ...options }: ServerOptions & { force?: boolean },
): Promise<void> {
  await withServer(options, async (orb) => {
    const all = everyItem(async (after) => (await orb.ask(SpidersDocument, { first: 100, after })).spiders);
    let spiderId: string | undefined;
    for await (const spider of all) if (spider.version === version) spiderId = spider.id;
    if (spiderId === undefined)
      throw new OrbError("NOT_FOUND", `There is no spider ${version}; see \`orb spider list\`.`);
    const { activateSpider } = await orb.ask(ActivateSpiderDocument, { input: { spiderId, force } });
    const spider = made(activateSpider, "spider");
    if (options.json) printJson(spider);
    else process.stdout.write(`Spider ${spider.version} ranks from now on.\n`);
  });
}
