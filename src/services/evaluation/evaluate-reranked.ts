import type { DataSource } from "typeorm";

import type { ArchiveLimits } from "../../archives/archive-limits.js";
import { readKeptOutputs } from "../../archives/kept-outputs.js";
import type { Ranker, TaskRanking } from "../../engine/evaluation/ranker.js";
import type { MetricScorer } from "../../engine/runtime/metric-scorer.js";
import { ClassCentreAccumulator } from "../../engine/tokens/class-centres.js";
import type { Ptm } from "../../entities/ptm.js";
import { Job } from "../../entities/job.js";
import { RankingEntry } from "../../entities/ranking-entry.js";
import { Ranking } from "../../entities/ranking.js";
import type { Task } from "../../entities/task.js";
import { keepScores } from "../tokens/keep-scores.js";
import { LARGEST_TOP_K, type RankZoo } from "../ranking/rank-zoo.js";
import { LONGEST_BUDGET_SECONDS, type RerankTask } from "../ranking/rerank-task.js";
import { runMetrics } from "../tokens/run-metrics.js";
import { storeSpecificToken } from "../tokens/store-specific-token.js";
import { localViewer } from "../access/viewer.js";
import type { WaitForJob } from "../background/wait-for-job.js";

const EVALUATOR = localViewer("evaluation");
/** With more, one could as well measure every PTM. */
const MOST_RUN = 10;

/** Ranks tasks by the spider after it has seen k of the PTMs run, exactly as `rerank` does. */
export class EvaluateReranked {
  constructor(
    private readonly dataSource: DataSource,
    private readonly rankZoo: RankZoo,
    private readonly rerankTask: RerankTask,
    private readonly waitForJob: WaitForJob,
    private readonly scorer: MetricScorer,
    private readonly limits: ArchiveLimits,
  ) {}

  /**
   * One row for each k from 1 to 10. A larger k runs one PTM more and uses the others' runs again, so forward passes and
   * seconds are counted from k = 1 on; the general encoder's seconds are in every row.
   *
   * For a private task the runs' results come from kept outputs, with the seconds that the runs took where those were made;
   * without any, its rows are the coarse ranking, without a forward pass.
   *
   * @param keptOutputs for private tasks, by name: files that say what the PTMs gave for the samples
   * @param progress    told after each task
   */
  async run(
    tasks: readonly Task[],
    ptms: readonly Ptm[],
    keptOutputs: ReadonlyMap<string, string>,
    progress: (done: number, total: number, what: string) => void,
  ): Promise<Ranker[]> {
    const most = Math.min(MOST_RUN, ptms.length);
    const rows = Array.from({ length: most }, (): TaskRanking[] => []);
    for (const [t, task] of tasks.entries()) {
      const path = keptOutputs.get(task.name);
      const isPrivate = task.sampleCount === 0;
      const kept =
        isPrivate && path !== undefined ? await this.#takeKept(task, ptms, path) : new Map<string, number>();
      let seconds = await this.#encoderSeconds(task);
      for (const [i, row] of rows.entries()) {
        const answer =
          isPrivate && kept.size === 0
            ? await this.#rank(task, ptms)
            : await this.#rerank(task, i + 1, ptms, kept);
        seconds += answer.seconds;
        row.push({ ...answer, seconds });
      }
      progress(t + 1, tasks.length, task.name);
    }
    return rows.map((rankings, i) => ({ name: `spider, ${i + 1} run`, rankings }));
  }

  /** The general encoder's run over the samples: without it there is no ranking. */
  async #encoderSeconds(task: Task): Promise<number> {
    const job = await this.dataSource
      .getRepository(Job)
      .findOneBy({ taskId: task.id, kind: "TOKENIZE_TASK", state: "COMPLETED" });
    return job ? (job.finishedAt!.getTime() - job.startedAt!.getTime()) / 1000 : 0;
  }

  /** Stores what runs of the best PTMs would have given. @returns by PTM the seconds that its run took */
  async #takeKept(task: Task, ptms: readonly Ptm[], path: string): Promise<Map<string, number>> {
    const { labels, classCount, byPtm } = await readKeptOutputs(path, this.limits);
    const seconds = new Map<string, number>();
    const { entries } = await this.rankZoo.run({ taskId: task.id, topK: MOST_RUN, filter: {} });
    const best = new Set(entries.map(({ ptmId }) => ptmId));
    for (const ptm of ptms) {
      if (!best.has(ptm.id)) continue;
      const kept = byPtm.get(ptm.artifactSha256);
      if (kept === undefined) continue;
      const centres = new ClassCentreAccumulator(classCount, kept.features.columns);
      centres.add(kept.features, labels);
      const pair = { taskId: task.id, ptmId: ptm.id };
      const { features } = kept;
      const measured = await runMetrics(this.scorer, { features, labels, classCount }, kept.seconds);
      await this.dataSource.transaction(async (manager) => {
        await storeSpecificToken(manager, pair, centres.finish());
        await keepScores(manager, pair, measured);
      });
      seconds.set(ptm.id, kept.seconds);
    }
    return seconds;
  }

  async #rank(task: Task, ptms: readonly Ptm[]): Promise<TaskRanking> {
    const { entries, evidence } = await this.rankZoo.run({
      taskId: task.id,
      topK: LARGEST_TOP_K,
      filter: {},
    });
    return { fitness: placesOf(entries, ptms), forwardPasses: 0, seconds: evidence.seconds };
  }

  async #rerank(
    task: Task,
    topK: number,
    ptms: readonly Ptm[],
    kept: ReadonlyMap<string, number>,
  ): Promise<TaskRanking> {
    const { ranking, job } = await this.rerankTask.run(
      { taskId: task.id, topK, filter: {}, budgetSeconds: LONGEST_BUDGET_SECONDS, urgency: "BATCH" },
      EVALUATOR,
    );
    await this.waitForJob.run(job.id, `task "${task.name}"`);
    const { evidence } = await this.dataSource.getRepository(Ranking).findOneByOrFail({ id: ranking.id });
    const entries = await this.dataSource.getRepository(RankingEntry).findBy({ rankingId: ranking.id });
    const added = entries.find(({ coarseRank }) => coarseRank === topK)!;
    const seconds = evidence!.seconds + (kept.get(added.ptmId) ?? 0);
    return { fitness: placesOf(entries, ptms), forwardPasses: topK, seconds };
  }
}

/** The order as scores: places, not fitness, because scores with and without a run need not be comparable. */
function placesOf(
  entries: readonly { readonly ptmId: string; readonly rank: number }[],
  ptms: readonly Ptm[],
): Float64Array {
  const ranks = new Map(entries.map(({ ptmId, rank }) => [ptmId, rank]));
  return Float64Array.from(ptms, ({ id }) => -(ranks.get(id) ?? Infinity));
}
