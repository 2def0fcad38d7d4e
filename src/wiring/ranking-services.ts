import { join } from "node:path";

import { ParetoThread } from "../engine/runtime/pareto-thread.js";
import { AdvanceRanking } from "../services/ranking/advance-ranking.js";
import { FindParetoFront } from "../services/ranking/find-pareto-front.js";
import { FindSimilarPtms } from "../services/ranking/find-similar-ptms.js";
import { FindSimilarTasks } from "../services/ranking/find-similar-tasks.js";
import { KeepRanking } from "../services/ranking/keep-ranking.js";
import { OutcomeTables } from "../services/ranking/outcome-table.js";
import { PlaceTasks } from "../services/ranking/place-tasks.js";
import { ProviderHealth } from "../services/ranking/provider-health.js";
import { RankZoo } from "../services/ranking/rank-zoo.js";
import { RerankTask } from "../services/ranking/rerank-task.js";
import { ZooFiles } from "../services/ranking/zoo-files.js";
import { ZooIndexes } from "../services/ranking/zoo-indexes.js";
import { ZooStates } from "../services/ranking/zoo-state.js";
import { ZooTokens } from "../services/ranking/zoo-tokens.js";
import type { Foundation } from "./foundation.js";

/** From tokens to orders, re-rankings, and what is near. */
export function rankingServices(foundation: Foundation) {
  const { dataSource, queue, log, snapshots, closers } = foundation;
  const { indexes, providerHealth } = zooIndexes(foundation);
  const states = new ZooStates(dataSource);
  const outcomes = new OutcomeTables(dataSource);
  const pareto = new ParetoThread();
  closers.add(() => pareto.close());
  const rankZoo = new RankZoo(dataSource, states, indexes, outcomes);
  const advanceRanking = new AdvanceRanking(dataSource, states, indexes, outcomes, log);
  closers.add(() => advanceRanking.close());
  return {
    indexes,
    providerHealth,
    states,
    outcomes,
    rankZoo,
    rerankTask: new RerankTask(dataSource, rankZoo, queue, log),
    advanceRanking,
    keepRanking: new KeepRanking(dataSource, rankZoo),
    findParetoFront: new FindParetoFront(dataSource, rankZoo, pareto),
    findSimilarPtms: new FindSimilarPtms(dataSource, states),
    findSimilarTasks: new FindSimilarTasks(dataSource),
    placeTasks: new PlaceTasks(dataSource, snapshots),
  };
}

export type RankingServices = ReturnType<typeof rankingServices>;

/** The zoo in memory, on the devices that there are. */
function zooIndexes(foundation: Foundation) {
  const { config, log, metrics, closers, providers, dataSource, store, snapshots } = foundation;
  const folder = join(config.home, "zoo-files");
  const files = new ZooFiles(dataSource, store, snapshots, folder, config.tokenStorage);
  const tokens = new ZooTokens(dataSource, snapshots, files, {
    executionProviders: providers.usable,
    onWarning: (warning) => log.warn({ warning }, "zoo index"),
  });
  const indexes = new ZooIndexes(dataSource, snapshots, tokens, (seconds) => metrics.onnx("scorer", seconds));
  closers.add(() => indexes.close());
  const providerHealth = new ProviderHealth(config.executionProviders, providers, indexes);
  metrics.watch(
    "orb_scorer_fallback",
    "1 while rankings do not run on the first provider of ORB_EXECUTION_PROVIDERS.",
    () => (providerHealth.isFirstChoice ? 0 : 1),
  );
  return { indexes, providerHealth };
}
