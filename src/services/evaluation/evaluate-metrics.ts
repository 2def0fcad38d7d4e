import type { DataSource } from "typeorm";

import type { ArchiveLimits } from "../../archives/archive-limits.js";
import { readKeptOutputs } from "../../archives/kept-outputs.js";
import type { Ranker, TaskRanking } from "../../engine/evaluation/ranker.js";
import { copeland } from "../../engine/ranking/copeland.js";
import type { MetricScorer } from "../../engine/runtime/metric-scorer.js";
import type { Ptm } from "../../entities/ptm.js";
import type { Task } from "../../entities/task.js";
import {
  TRANSFERABILITY_METRICS,
  type TransferabilityMetric,
  TransferabilityScore,
} from "../../entities/transferability-score.js";
import { DomainError } from "../../errors.js";
import { keepScores, missingMetrics } from "../tokens/keep-scores.js";
import { LARGEST_MEASUREMENT, type MeasureTransferability } from "../tokens/measure-transferability.js";
import { localViewer } from "../access/viewer.js";
import type { WaitForJob } from "../background/wait-for-job.js";

/** What the study of the demo zoo found to agree best with outcomes when all PTMs are run. */
const AGGREGATED = ["H_SCORE_SHRINKAGE", "LOG_ME", "K_NN"] as const satisfies TransferabilityMetric[];

/** Ranks tasks by every transferability metric, each PTM being run on each task. */
export class EvaluateMetrics {
  constructor(
    private readonly dataSource: DataSource,
    private readonly measureTransferability: MeasureTransferability,
    private readonly scorer: MetricScorer,
    private readonly waitForJob: WaitForJob,
    private readonly limits: ArchiveLimits,
  ) {}

  /**
   * One row a metric, in the registry's order, then the Copeland aggregate of three. Scores stay in the registry, so a second
   * evaluation runs only what is new. A PTM for which a metric is undefined comes last under it.
   *
   * @param keptOutputs for private tasks, by name: files that say what the PTMs gave for the samples
   * @param progress    told what is being measured, 0 to 1 a task
   * @throws DomainError FAILED_PRECONDITION for a private task without kept outputs or a PTM that they lack
   */
  async run(
    tasks: readonly Task[],
    ptms: readonly Ptm[],
    keptOutputs: ReadonlyMap<string, string>,
    progress: (done: number, total: number, what: string) => void,
  ): Promise<Ranker[]> {
    const rankings = new Map<string, TaskRanking[]>();
    for (const [t, task] of tasks.entries()) {
      const told = (share: number): void => progress(t + share, tasks.length, task.name);
      if (task.sampleCount > 0) await this.#runPtms(task, ptms, told);
      else await this.#readKept(task, ptms, keptOutputs.get(task.name), told);
      for (const [name, ranking] of await this.#rank(task, ptms)) {
        rankings.set(name, [...(rankings.get(name) ?? []), ranking]);
      }
    }
    return Array.from(rankings, ([name, taskRankings]) => ({ name, rankings: taskRankings }));
  }

  async #runPtms(task: Task, ptms: readonly Ptm[], progress: (share: number) => void): Promise<void> {
    for (let begin = 0; begin < ptms.length; begin += LARGEST_MEASUREMENT) {
      const some = ptms.slice(begin, begin + LARGEST_MEASUREMENT);
      const ptmIds = some.map(({ id }) => id);
      const request = { taskId: task.id, ptmIds, metrics: TRANSFERABILITY_METRICS };
      const { job } = await this.measureTransferability.run(request, localViewer("evaluation"));
      await this.waitForJob.run(job.id, `task "${task.name}"`, (share) =>
        progress((begin + share * some.length) / ptms.length),
      );
    }
  }

  async #readKept(
    task: Task,
    ptms: readonly Ptm[],
    path: string | undefined,
    progress: (share: number) => void,
  ): Promise<void> {
    if (path === undefined) {
      throw new DomainError(
        "FAILED_PRECONDITION",
        `Task "${task.name}" is private and nothing is kept of what PTMs gave for its samples, so metrics cannot be measured on it.`,
      );
    }
    const { labels, classCount, byPtm } = await readKeptOutputs(path, this.limits);
    for (const [done, ptm] of ptms.entries()) {
      const pair = { taskId: task.id, ptmId: ptm.id };
      const missing = await missingMetrics(this.dataSource, pair, TRANSFERABILITY_METRICS);
      if (missing.length === 0) continue;
      const kept = byPtm.get(ptm.artifactSha256);
      if (kept === undefined) {
        throw new DomainError(
          "FAILED_PRECONDITION",
          `${path} says nothing about the weights of PTM "${ptm.name}"; make it again with this zoo.`,
        );
      }
      const { features, probabilities: sourceProbabilities, seconds } = kept;
      const input = { features, labels, classCount, sourceProbabilities };
      const measurements = await this.scorer.measure(input, missing);
      const measured = { measurements, sampleCount: labels.length, networkSeconds: seconds };
      await this.dataSource.transaction((manager) => keepScores(manager, pair, measured));
      progress((done + 1) / ptms.length);
    }
  }

  /** Every metric's and the aggregate's answer on one task, from the scores in the registry. */
  async #rank(task: Task, ptms: readonly Ptm[]): Promise<Map<string, TaskRanking>> {
    const scores = await this.dataSource.getRepository(TransferabilityScore).findBy({ taskId: task.id });
    const byPair = new Map(scores.map((score) => [`${score.metric} ${score.ptmId}`, score]));
    const scoreOf = (metric: TransferabilityMetric, ptm: Ptm): TransferabilityScore | undefined =>
      byPair.get(`${metric} ${ptm.id}`);
    const networkSeconds = sum(
      ptms.map((ptm) => scoreOf(TRANSFERABILITY_METRICS[0]!, ptm)?.networkSeconds ?? 0),
    );
    const secondsOf = (metric: TransferabilityMetric): number =>
      sum(ptms.map((ptm) => scoreOf(metric, ptm)?.seconds ?? 0));
    const fitnessOf = (metric: TransferabilityMetric): Float64Array =>
      Float64Array.from(ptms, (ptm) => scoreOf(metric, ptm)?.value ?? -Infinity);

    const forwardPasses = ptms.length;
    const answers = TRANSFERABILITY_METRICS.map((metric): [string, TaskRanking] => [
      metric,
      { fitness: fitnessOf(metric), forwardPasses, seconds: networkSeconds + secondsOf(metric) },
    ]);
    const aggregate: TaskRanking = {
      fitness: copeland(AGGREGATED.map((metric) => fitnessOf(metric))),
      forwardPasses,
      seconds: networkSeconds + sum(AGGREGATED.map((metric) => secondsOf(metric))),
    };
    return new Map([...answers, [`Copeland of ${AGGREGATED.join(", ")}`, aggregate]]);
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
