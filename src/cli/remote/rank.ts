import { OrbError, RankDocument } from "orbweaver-client";

import type { Container } from "../../container.js";
import { importZooWithProgress } from "../import-zoo.js";
import { bringTask, type BringTaskOptions } from "./bring-task.js";
import { printJson, say } from "./output.js";
import { type FilterOptions, toFilter } from "./ptm-filter.js";
import { evidenceText, rankingText } from "./ranking-text.js";
import type { ServerOptions } from "./server-options.js";
import { withServer } from "./with-server.js";

export interface RankOptions extends ServerOptions, BringTaskOptions, FilterOptions {
  readonly top: number;
}

/** `orb rank`: from a folder to an answer. */
export async function rankCommand(what: string, options: RankOptions): Promise<void> {
  await withServer(
    options,
    async (orb, config) => {
      const task = await bringTask(orb, what, options, config);
      const question = { taskId: task.id, topK: options.top, filter: toFilter(options) };
      const { rank } = await orb.ask(RankDocument, question);
      if (options.json) return printJson(rank);
      if (rank.entries.length === 0) {
        throw new OrbError("FAILED_PRECONDITION", "No PTM that the options admit takes part in rankings.");
      }
      say("");
      process.stdout.write(`${rankingText(rank)}\n`);
      say(`\n${evidenceText(rank)}`);
    },
    importZooIfEmpty,
  );
}

/** Without a spider nothing can be ranked: a registry that has none gets the demo zoo. */
export async function importZooIfEmpty(container: Container): Promise<void> {
  if ((await container.services.browse.activeSpider()) !== null) return;
  say("Its registry has no spider yet: bringing in the demo zoo.");
  await importZooWithProgress(container, { tasks: true });
}
