import process from "node:process";

import {
  made,
  type OrbClient,
  OrbError,
  type RankingPartsFragment,
  RankingUpdatedDocument,
  RerankDocument,
} from "orbweaver-client";

import { ProgressBar } from "../progress-bar.js";
import { bringTask, type BringTaskOptions } from "./bring-task.js";
import { printJson, say } from "./output.js";
import { type FilterOptions, toFilter } from "./ptm-filter.js";
import { importZooIfEmpty } from "./rank.js";
import { evidenceText, rankingText } from "./ranking-text.js";
import type { ServerOptions } from "./server-options.js";
import { withServer } from "./with-server.js";

export interface RerankOptions extends ServerOptions, BringTaskOptions, FilterOptions {
  readonly top: number;
  readonly seconds: number;
}

/** `orb rerank`: runs the best PTMs on the task and shows how the order changes. */
export async function rerankCommand(what: string, options: RerankOptions): Promise<void> {
  await withServer(
    options,
    async (orb, config) => {
      const { id: taskId } = await bringTask(orb, what, options, config);
      const budget = { seconds: options.seconds };
      const input = { taskId, topK: options.top, budget, filter: toFilter(options) };
      const started = made((await orb.ask(RerankDocument, { input })).rerank, "ranking");
      const ranking = await follow(orb, started.id, options.top);
      if (options.json) printJson(ranking);
      else process.stdout.write(`${rankingText(ranking)}\n`);
      say(`\n${evidenceText(ranking)}`);
      for (const { ptm, failure } of ranking.entries) if (failure !== null) say(`${ptm.name}: ${failure}`);
      if (ranking.stage !== "RERANKED") {
        throw new OrbError(
          "FAILED_PRECONDITION",
          ranking.failure ?? `It was ${ranking.stage.toLowerCase()}.`,
        );
      }
    },
    importZooIfEmpty,
  );
}

async function follow(orb: OrbClient, rankingId: string, topK: number): Promise<RankingPartsFragment> {
  const bar = new ProgressBar("running PTMs");
  let latest: RankingPartsFragment | undefined;
  try {
    for await (const { rankingUpdated: ranking } of orb.watch(RankingUpdatedDocument, { rankingId })) {
      const settled = ranking.entries.filter(({ reranked, failure }) => reranked || failure !== null).length;
      const [best] = ranking.entries;
      bar.update(
        settled,
        Math.max(settled, Math.min(topK, ranking.entries.length)),
        `best: ${best?.ptm.name ?? "none"}`,
      );
      latest = ranking;
    }
  } finally {
    bar.end();
  }
  if (latest === undefined) throw new OrbError("UNAVAILABLE", "The server ended the subscription at once.");
  return latest;
}
