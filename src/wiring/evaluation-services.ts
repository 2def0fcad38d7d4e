import { DEFAULT_ARCHIVE_LIMITS } from "../archives/archive-limits.js";
import { WaitForJob } from "../services/background/wait-for-job.js";
import { EvaluateMetrics } from "../services/evaluation/evaluate-metrics.js";
import { EvaluateRankings } from "../services/evaluation/evaluate-rankings.js";
import { EvaluateReranked } from "../services/evaluation/evaluate-reranked.js";
import { EvaluateSpider } from "../services/evaluation/evaluate-spider.js";
import { MeasureTransferability } from "../services/tokens/measure-transferability.js";
import type { Foundation } from "./foundation.js";
import type { ImportServices } from "./import-services.js";
import type { RankingServices } from "./ranking-services.js";
import type { RegistryServices } from "./registry-services.js";

/** Orders against outcomes, and the metrics that stand beside them. */
export function evaluationServices(
  { dataSource, queue, scorer }: Foundation,
  { rankZoo, rerankTask }: RankingServices,
  { addTask }: RegistryServices,
  { importZoo }: ImportServices,
) {
  const waitForJob = new WaitForJob(dataSource);
  const measureTransferability = new MeasureTransferability(dataSource, queue);
  return {
    measureTransferability,
    evaluateRankings: new EvaluateRankings(dataSource),
    evaluateSpider: new EvaluateSpider(dataSource, importZoo, addTask, rankZoo, waitForJob),
    evaluateMetrics: new EvaluateMetrics(
      dataSource,
      measureTransferability,
      scorer,
      waitForJob,
      DEFAULT_ARCHIVE_LIMITS,
    ),
    evaluateReranked: new EvaluateReranked(
      dataSource,
      rankZoo,
      rerankTask,
      waitForJob,
      scorer,
      DEFAULT_ARCHIVE_LIMITS,
    ),
  };
}
