import { type DataSource, In } from "typeorm";

import { evaluateRankers, RANDOM_RANKER, STATIC_RANKER } from "../../engine/evaluation/evaluate-rankers.js";
import type { Ranker, TaskRanking } from "../../engine/evaluation/ranker.js";
import { matrix } from "../../engine/matrix.js";
import { copeland } from "../../engine/ranking/copeland.js";
import { familyScores } from "../../engine/ranking/family-scores.js";
import { type MergePolicy, mergeReranked } from "../../engine/ranking/merge-reranked.js";
import { orderByScore } from "../../engine/ranking/order.js";
import { withPrior } from "../../engine/ranking/with-prior.js";
import type { SessionOptions } from "../../engine/runtime/session.js";
import { fitness } from "../../engine/spider/fitness.js";
import type { SnapshotManifest } from "../../engine/spider/snapshot-manifest.js";
import type { SpiderPtm } from "../../engine/spider/spider.js";
import { fitnessOfTasks } from "../../engine/training/validation.js";
import { Ptm } from "../../entities/ptm.js";
import { PoolSource } from "../../entities/pool-source.js";
import { SpecificToken } from "../../entities/specific-token.js";
import { SpiderTraining } from "../../entities/spider-training.js";
import type { EvaluatedRanker, Spider, SpiderEvaluation } from "../../entities/spider.js";
import { TaskToken } from "../../entities/task-token.js";
import { TRANSFERABILITY_METRICS, TransferabilityScore } from "../../entities/transferability-score.js";
import { type OutcomeTables } from "../ranking/outcome-table.js";
import type { SpiderSnapshots } from "../tokens/spider-snapshots.js";
import type { ZooStates } from "../ranking/zoo-state.js";

const MOST_RUN = 10;
const AGGREGATED = ["H_SCORE_SHRINKAGE", "LOG_ME", "K_NN"] as const;
/** Draws the random baseline and the bootstrap; any number, but always the same. */
const SEED = 20_231_211;
const POINTS_PER_UNIT = 100;

/** A task with outcomes, as the evaluation reads it; PTMs in the order of the spider's that the registry has. */
interface ReportedTask {
  readonly id: string;
  readonly name: string;
  readonly token: TaskToken;
  readonly outcomes: readonly (number | null)[];
}

/** Ranks the tasks with outcomes by a spider whose training has just ended, once, beside everything else that can rank them. */
export class EvaluateTrained {
  constructor(
    private readonly dataSource: DataSource,
    private readonly states: ZooStates,
    private readonly outcomes: OutcomeTables,
    private readonly snapshots: SpiderSnapshots,
    private readonly session: SessionOptions,
  ) {}

  /**
   * On all tasks of the registry that have a token of the spider's encoder and outcomes of at least two of its PTMs and are no
   * source of the pool that it learned from. No PTM is run for it: rankers that need runs answer for the tasks where the
   * registry has their results, and say how many these were.
   */
  async run(spider: Spider): Promise<SpiderEvaluation> {
    const { hyperparameters = {} } = spider.manifest as SnapshotManifest;
    const chosen = {
      validationTau: (hyperparameters["validationTau"] as number | null | undefined) ?? null,
      rerankTopK: (hyperparameters["rerankTopK"] as number | undefined) ?? null,
      mergePolicy: (hyperparameters["mergePolicy"] as MergePolicy | undefined) ?? null,
    };
    const known = await this.#knownPtms(spider);
    const tasks = await this.#reportedTasks(
      spider,
      known.map(({ row }) => row),
    );
    if (tasks.length === 0) return { ...chosen, tasks: [], rankers: [] };
    const coarse = await this.#coarse(spider, known, tasks);
    const rows = [
      evaluated("spider, coarse", known, tasks, coarse),
      ...(await this.#reranked(spider, known, tasks, coarse, chosen.mergePolicy ?? "AMONG_THEMSELVES")),
      ...(await this.#metrics(known, tasks)),
      evaluated(STATIC_RANKER, known, tasks),
      evaluated(RANDOM_RANKER, known, tasks),
    ];
    return {
      ...chosen,
      tasks: tasks.map(({ name }) => name),
      rankers: rows.filter((row) => row !== undefined),
    };
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
    const { byTask, taskNames } = await this.outcomes.at((await this.states.read()).outcomes);
    const training = await this.dataSource.getRepository(SpiderTraining).findOneBy({ spiderId: spider.id });
    const sources = training
      ? await this.dataSource.getRepository(PoolSource).findBy({ poolId: training.poolId })
      : [];
    const learned = new Set(sources.flatMap(({ taskId }) => taskId ?? []));
    const tokens = await this.dataSource
      .getRepository(TaskToken)
      .findBy({ encoderSha256: spider.encoderSha256, taskId: In([...byTask.keys()]) });
    return tokens
      .filter(({ taskId }) => !learned.has(taskId))
      .map((token) => {
        const known = byTask.get(token.taskId)!;
        const outcomes = ptms.map(({ id }) => known.get(id)?.value ?? null);
        return { id: token.taskId, name: taskNames.get(token.taskId)!, token, outcomes };
      })
      .filter(({ outcomes }) => outcomes.filter((value) => value !== null).length >= 2)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
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
    const rows = await fitnessOfTasks(
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

  async #reranked(
    spider: Spider,
    known: readonly KnownPtm[],
    tasks: readonly ReportedTask[],
    coarse: readonly TaskRanking[],
    policy: MergePolicy,
  ): Promise<(EvaluatedRanker | undefined)[]> {
    const { parameters } = await this.snapshots.read(spider);
    const runs: (Map<number, number> | undefined)[] = [];
    for (const [t, { id: taskId, token }] of tasks.entries()) {
      const rows = await this.dataSource.getRepository(SpecificToken).findBy({ taskId });
      const byPtm = new Map(rows.map((row) => [row.ptmId, row]));
      const best = [...orderByScore("evaluateTrained", coarse[t]!.fitness)].slice(0, MOST_RUN);
      const isThere = best.every(
        (m) => byPtm.get(known[m]!.row.id)?.width === known[m]!.learned.projection.columns,
      );
      if (!isThere) {
        runs.push(undefined);
        continue;
      }
      const taskToken = matrix(token.classCount, token.width, token.vectors);
      const run = best.map((m): [number, number] => {
        const { learned, row } = known[m]!;
        const own = byPtm.get(row.id)!;
        const specific = {
          token: matrix(own.classCount, own.width, own.vectors),
          projection: learned.projection,
          bias: learned.projectionBias,
        };
        return [m, fitness(parameters, learned.token, taskToken, specific)];
      });
      runs.push(new Map(run));
    }
    const most = Math.min(MOST_RUN, known.length);
    return Array.from({ length: most }, (_, i) => {
      const answers = runs.map((run, t): TaskRanking | undefined => {
        if (run === undefined) return undefined;
        const order = mergeReranked(coarse[t]!.fitness, new Map([...run].slice(0, i + 1)), policy);
        const places = new Float64Array(order.length);
        order.forEach((m, place) => (places[m] = -place));
        return { fitness: places, forwardPasses: i + 1, seconds: coarse[t]!.seconds };
      });
      return evaluated(`spider, ${i + 1} run`, known, tasks, answers);
    });
  }

  async #metrics(
    known: readonly KnownPtm[],
    tasks: readonly ReportedTask[],
  ): Promise<(EvaluatedRanker | undefined)[]> {
    const scores = await this.dataSource.getRepository(TransferabilityScore).findBy({
      taskId: In(tasks.map(({ id }) => id)),
      ptmId: In(known.map(({ row }) => row.id)),
    });
    const byKey = new Map(scores.map((score) => [`${score.metric} ${score.taskId} ${score.ptmId}`, score]));
    const answer = (metric: string, { id }: ReportedTask): TaskRanking | undefined => {
      const own = known.map(({ row }) => byKey.get(`${metric} ${id} ${row.id}`));
      if (own.some((score) => score === undefined)) return undefined;
      return {
        fitness: Float64Array.from(own, (score) => score!.value ?? -Infinity),
        forwardPasses: known.length,
        seconds: own.reduce((sum, score) => sum + score!.seconds + score!.networkSeconds, 0),
      };
    };
    const single = TRANSFERABILITY_METRICS.map((metric) =>
      evaluated(
        metric,
        known,
        tasks,
        tasks.map((task) => answer(metric, task)),
      ),
    );
    const aggregated = tasks.map((task): TaskRanking | undefined => {
      const votes = AGGREGATED.map((metric) => answer(metric, task)).filter((vote) => vote !== undefined);
      if (votes.length < AGGREGATED.length) return undefined;
      const seconds = votes.reduce((most, vote) => Math.max(most, vote.seconds), 0);
      return { fitness: copeland(votes.map((vote) => vote.fitness)), forwardPasses: known.length, seconds };
    });
    return [...single, evaluated(`Copeland of ${AGGREGATED.join(", ")}`, known, tasks, aggregated)];
  }
}

interface KnownPtm {
  readonly row: Ptm;
  readonly learned: SpiderPtm;
}

/**
 * One ranker on those tasks that it has an answer for; undefined if there is none.
 *
 * @param answers one a task; absent for the rankers that every evaluation has
 */
function evaluated(
  ranker: string,
  known: readonly KnownPtm[],
  tasks: readonly ReportedTask[],
  answers?: readonly (TaskRanking | undefined)[],
): EvaluatedRanker | undefined {
  const answered = tasks.filter((_, t) => answers === undefined || answers[t] !== undefined);
  if (answered.length === 0) return undefined;
  const names = new Set(answered.map(({ id }) => id));
  const rankers: Ranker[] = answers
    ? [{ name: ranker, rankings: answers.filter((answer) => answer !== undefined) }]
    : [];
  const { rankers: rows } = evaluateRankers(
    {
      ptms: known.map(({ row }) => row.id),
      tasks: answered.map(({ id }) => id),
      outcomes: answered.map(({ outcomes }) => outcomes),
      furtherOutcomes: tasks.filter(({ id }) => !names.has(id)).map(({ outcomes }) => outcomes),
      pointsPerUnit: POINTS_PER_UNIT,
    },
    rankers,
    SEED,
  );
  return { ranker, taskCount: answered.length, ...rows.find((row) => row.ranker === ranker)!.mean };
}
