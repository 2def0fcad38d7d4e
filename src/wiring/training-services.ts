import { DEFAULT_ARCHIVE_LIMITS } from "../archives/archive-limits.js";
import { ActivateSpider } from "../services/training/activate-spider.js";
import { CompareSpiders } from "../services/training/compare-spiders.js";
import { CreatePool } from "../services/training/create-pool.js";
import { ImportPool } from "../services/training/import-pool.js";
import { ImportSpider } from "../services/training/import-spider.js";
import { PoolReader } from "../services/training/pool-reader.js";
import { TrainSpider } from "../services/training/train-spider.js";
import type { Foundation } from "./foundation.js";

/** Pools and spiders. */
export function trainingServices({ dataSource, store, queue, snapshots, log }: Foundation) {
  // Learning runs in this process, which a device's driver may crash: the processor alone (docs/adr/0041).
  const learningSession = {
    executionProviders: ["cpu"] as const,
    onWarning: (warning: string) => log.warn({ warning }, "execution provider"),
  };
  const pools = new PoolReader(dataSource, store, DEFAULT_ARCHIVE_LIMITS);
  const compare = new CompareSpiders(dataSource, pools, snapshots, learningSession);
  return {
    learningSession,
    pools,
    activateSpider: new ActivateSpider(dataSource, snapshots, queue, compare),
    createPool: new CreatePool(dataSource, queue),
    importPool: new ImportPool(dataSource, store, queue, DEFAULT_ARCHIVE_LIMITS),
    importSpider: new ImportSpider(dataSource, store, snapshots, queue),
    trainSpider: new TrainSpider(dataSource, pools, queue),
  };
}

export type TrainingServices = ReturnType<typeof trainingServices>;
