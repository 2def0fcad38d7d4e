import { type DataSource, In } from "typeorm";

import { RANDOM_RANKER, STATIC_RANKER } from "../../engine/evaluation/evaluate-rankers.js";
import type { TaskRanking } from "../../engine/evaluation/ranker.js";
import { matrix } from "../../engine/matrix.js";
import { familyScores } from "../../engine/ranking/family-scores.js";
import { withPrior } from "../../engine/ranking/with-prior.js";
import type { SessionOptions } from "../../engine/runtime/session.js";
import type { SnapshotManifest } from "../../engine/spider/snapshot-manifest.js";
import { fitnessWithCompanions } from "../../engine/training/validation.js";
import { Ptm } from "../../entities/ptm.js";
import { PoolSource } from "../../entities/pool-source.js";
import { SpecificToken } from "../../entities/specific-token.js";
import { SpiderTraining } from "../../entities/spider-training.js";
import type { EvaluatedRanker, Spider, SpiderEvaluation } from "../../entities/spider.js";
import { Task } from "../../entities/task.js";
import { TaskToken } from "../../entities/task-token.js";
import { TransferabilityScore } from "../../entities/transferability-score.js";
import { mergeRule } from "../ranking/merge-rule.js";
import type { OutcomeTables } from "../ranking/outcome-table.js";
import type { SpiderSnapshots } from "../tokens/spider-snapshots.js";
import type { ZooStates } from "../ranking/zoo-state.js";
import { chosenOnValidation } from "./chosen-on-validation.js";
import { judgeRanker, type NamedAnswers } from "./judge-ranker.js";
import { metricAnswers } from "./metric-answers.js";
import type { KnownPtm, ReportedTask } from "./reported-task.js";
import type { RunMissing } from "./run-missing.js";
import { rerankedAnswers } from "./reranked-answers.js";

/** Ranks the tasks with outcomes by a spider whose training has just ended, once, beside everything else that can rank them. */
export class EvaluateTrained {
  constructor(
    private readonly dataSource: DataSource,
    private readonly states: ZooStates,
    private readonly outcomes: OutcomeTables,
    private readonly snapshots: SpiderSnapshots,
    private readonly runMissing: RunMissing,
    private readonly session: SessionOptions,
  ) {}

  /**
   * On all tasks of the registry that have a token of the spider's encoder and outcomes of at least two of its PTMs and are no
   * source of the pool that it learned from. PTMs are run where the registry lacks what re-ranking and metrics need; rows
   * say what is missing even so, on private tasks above all.
   *
   * @param tell told how far it is, 0 to 1; answering false stops the work
   * @returns undefined if it was stopped
   */
  async run(
    spider: Spider,
    tell: (share: number, stage: string) => Promise<boolean>,
    signal: AbortSignal,
  ): Promise<SpiderEvaluation | undefined> {
    const manifest = spider.manifest as SnapshotManifest;
    const rule = mergeRule(manifest);
    const chosen = { claimedBy: null, ...chosenOnValidation(manifest) };
    const known = await this.#knownPtms(spider);
    const rows = known.map(({ row }) => row);
    const tasks = await this.#reportedTasks(spider, rows);
    if (tasks.length === 0) return { ...chosen, tasks: [], rankers: [] };
    const own = tasks.map(({ row }) => row);
    if (!(await this.runMissing.run(own, rows, tell, signal))) return undefined;
    const coarse = await this.#coarse(spider, known, tasks);
    const ptms = rows.map(({ id }) => id);
    const judge = ({ name, answers }: NamedAnswers): EvaluatedRanker =>
      judgeRanker(name, ptms, tasks, answers);
    const ids = tasks.map(({ id }) => id);
    const scores = await this.dataSource.getRepository(TransferabilityScore).findBy({ taskId: In(ids) });
    const tokens = await this.dataSource.getRepository(SpecificToken).findBy({ taskId: In(ids) });
    const rankers = [
      judgeRanker("spider, coarse", ptms, tasks, coarse),
      ...rerankedAnswers(
        await this.snapshots.read(spider),
        known,
        tasks,
        { coarse, tokens, scores },
        rule,
      ).map(judge),
      ...metricAnswers(known, tasks, scores).map(judge),
      judgeRanker(STATIC_RANKER, ptms, tasks),
      judgeRanker(RANDOM_RANKER, ptms, tasks),
    ];
    return { ...chosen, tasks: tasks.map(({ name }) => name), rankers };
  }

  async #knownPtms(spider: Spider): Promise<KnownPtm[]> {
    const { ptms } = await this.snapshots.read(spider);
    const rows = await this.dataSource
      .getRepository(Ptm)
      .find({ where: { artifactSha256: In(ptms.map(({ digest }) => digest)) }, order: { id: "ASC" } });
    const byDigest = new Map(ptms.map((ptm) => [ptm.digest, ptm]));
    return rows.map((row) => ({ row, learned: byDigest.get(row.artifactSha256)! }));
  }

  async #reportedTasks(spider: Spider, ptms: readonly Ptm[]): Promise<ReportedTask[]> {
    const { byTask } = await this.outcomes.at((await this.states.read()).outcomes);
    const training = await this.dataSource.getRepository(SpiderTraining).findOneBy({ spiderId: spider.id });
    const sources = training
      ? await this.dataSource.getRepository(PoolSource).findBy({ poolId: training.poolId })
      : [];
    const learned = new Set(sources.flatMap(({ taskId }) => taskId ?? []));
    const tokens = await this.dataSource
      .getRepository(TaskToken)
      .findBy({ encoderSha256: spider.encoderSha256, taskId: In([...byTask.keys()]) });
    const tasks = await this.dataSource.getRepository(Task).findBy({ id: In([...byTask.keys()]) });
    const rows = new Map(tasks.map((task) => [task.id, task]));
    return tokens
      .filter(({ taskId }) => !learned.has(taskId))
      .map((token) => {
        const { known } = byTask.get(token.taskId)!;
        const outcomes = ptms.map(({ id }) => known.get(id)?.value ?? null);
        const row = rows.get(token.taskId)!;
        return { id: row.id, name: row.name, row, token, outcomes };
      })
      .filter(({ outcomes }) => outcomes.filter((value) => value !== null).length >= 2)
      .sort((a, b) => (a.id < b.id ? 1 : -1));
  }

  /** As `rank` answers: fitness, with the prior from the other tasks if the spider has a weight for one. */
  async #coarse(
    spider: Spider,
    known: readonly KnownPtm[],
    tasks: readonly ReportedTask[],
  ): Promise<TaskRanking[]> {
    const snapshot = await this.snapshots.read(spider);
    const { priorWeight = 0 } = spider.manifest as SnapshotManifest;
    const families = [...new Set(known.map(({ row }) => row.architecture ?? row.id))];
    const family = Int32Array.from(known, ({ row }) => families.indexOf(row.architecture ?? row.id));
    const begin = performance.now();
    const rows = await fitnessWithCompanions(
      { ...snapshot, ptms: known.map(({ learned }) => learned) },
      tasks.map(({ token }) => matrix(token.classCount, token.width, token.vectors)),
      this.session,
    );
    const ranked = rows.map((row, t) => {
      const others = tasks.filter(({ name }) => name !== tasks[t]!.name).map(({ outcomes }) => outcomes);
      const prior = others.length === 0 ? undefined : familyScores(others, family);
      return priorWeight > 0 ? withPrior(row, prior, priorWeight) : row;
    });
    const seconds = (performance.now() - begin) / 1000 / tasks.length;
    return ranked.map((row) => ({ fitness: row, forwardPasses: 0, seconds }));
  }
}
