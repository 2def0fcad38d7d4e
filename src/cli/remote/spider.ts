import process from "node:process";

import { everyItem, type SpiderPartsFragment, SpidersDocument } from "orbweaver-client";

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
