import type { DataSource } from "typeorm";

import { type Evaluation, evaluateRankers } from "../../engine/evaluation/evaluate-rankers.js";
import type { Ranker, TaskRanking } from "../../engine/evaluation/ranker.js";
import type { Job } from "../../entities/job.js";
import { Ptm } from "../../entities/ptm.js";
import type { Task } from "../../entities/task.js";
import { DomainError } from "../../errors.js";
import type { AddTask } from "../registry/add-task.js";
import type { ImportZoo } from "../registry/import-zoo.js";
import type { OutcomeRow } from "./parse-outcomes.js";
import { LARGEST_TOP_K, type RankZoo } from "../ranking/rank-zoo.js";
import { localViewer } from "../access/viewer.js";
import type { WaitForJob } from "../background/wait-for-job.js";

const EVALUATOR = localViewer("evaluation");
/** Draws the random baseline and the bootstrap; any number, but always the same. */
const SEED = 20_231_211;

export interface EvaluationInput {
  /** Archives of the tasks to rank, by the names that the outcomes use. */
  readonly tasks: readonly { readonly name: string; readonly path: string }[];
  readonly outcomes: readonly OutcomeRow[];
  /** Outcomes on yet other tasks, for the static ranking alone. */
  readonly furtherOutcomes: readonly OutcomeRow[];
}

/** Other ways to rank the same tasks, as further rows: each answers for all tasks and PTMs, in their order. */
export type FurtherRankers = (tasks: readonly Task[], ptms: readonly Ptm[]) => Promise<readonly Ranker[]>;

/** Ranks tasks exactly as the API does and compares the rankings with what was measured. */
export class EvaluateSpider {
  constructor(
    private readonly dataSource: DataSource,
    private readonly importZoo: ImportZoo,
    private readonly addTask: AddTask,
    private readonly rankZoo: RankZoo,
    private readonly waitForJob: WaitForJob,
  ) {}

  /**
   * @param progress told after every task
   * @throws DomainError for a bad archive, or if fewer than two PTMs of the zoo have an outcome on a task
   */
  async run(
    input: EvaluationInput,
    progress: (done: number, total: number, what: string) => void,
    furtherRankers: FurtherRankers,
  ): Promise<Evaluation> {
    const ptms = await this.dataSource
      .getRepository(Ptm)
      .find({ where: { status: "READY" }, order: { name: "ASC" } });
    const names = ptms.map(({ name }) => name);
    const known = outcomesByTask([...input.outcomes, ...input.furtherOutcomes]);
    const row = (task: string): (number | null)[] => names.map((ptm) => known.get(task)?.get(ptm) ?? null);
    for (const { name } of input.tasks) {
      const count = row(name).filter((value) => value !== null).length;
      if (count < 2) {
        throw new DomainError(
          "BAD_USER_INPUT",
          `Task "${name}" has outcomes of ${count} PTMs of the zoo; an evaluation needs at least two.`,
        );
      }
    }

    const rankings: TaskRanking[] = [];
    const tasks: Task[] = [];
    for (const { name, path } of input.tasks) {
      const { task, ranking } = await this.#rank(name, path, ptms);
      tasks.push(task);
      rankings.push(ranking);
      progress(rankings.length, input.tasks.length, name);
    }
    const ranked = new Set(input.tasks.map(({ name }) => name));
    const further = [...known.keys()].filter((task) => !ranked.has(task));
    return evaluateRankers(
      {
        ptms: names,
        tasks: input.tasks.map(({ name }) => name),
        outcomes: input.tasks.map(({ name }) => row(name)),
        furtherOutcomes: further.map(row),
        pointsPerUnit: 100,
      },
      [{ name: "spider, coarse", rankings }, ...(await furtherRankers(tasks, ptms))],
      SEED,
    );
  }

  /** Seconds include the general encoder's run over the samples: without it there is no ranking. */
  async #rank(
    name: string,
    path: string,
    ptms: readonly Ptm[],
  ): Promise<{ task: Task; ranking: TaskRanking }> {
    const artifact = await this.importZoo.upload(path);
    const { task, job } = await this.addTask.run(
      { name, content: { artifact }, newVersion: true },
      EVALUATOR,
    );
    const prepared = job && (await this.waitForJob.run(job.id, `task "${name}"`));
    const answer = await this.rankZoo.run({ taskId: task.id, topK: LARGEST_TOP_K, filter: {} });
    const fitness = new Map(answer.entries.map((entry) => [entry.ptmId, entry.fitness]));
    const ranking = {
      fitness: Float64Array.from(ptms, ({ id }) => fitness.get(id) ?? -Infinity),
      forwardPasses: answer.evidence.forwardPasses,
      seconds: answer.evidence.seconds + (prepared ? secondsOf(prepared) : 0),
    };
    return { task, ranking };
  }
}

function secondsOf({ startedAt, finishedAt }: Job): number {
  return ((finishedAt?.getTime() ?? 0) - (startedAt?.getTime() ?? 0)) / 1000;
}

/** Task, then PTM, to value. Of several metrics on a task the one with most rows is taken: values must be comparable. */
function outcomesByTask(rows: readonly OutcomeRow[]): Map<string, Map<string, number>> {
  const byTask = new Map<string, Map<string, Map<string, number>>>();
  for (const { task, ptm, metric, value } of rows) {
    const metrics = byTask.get(task) ?? new Map<string, Map<string, number>>();
    byTask.set(task, metrics);
    metrics.set(metric, (metrics.get(metric) ?? new Map<string, number>()).set(ptm, value));
  }
  return new Map(
    [...byTask].map(([task, metrics]) => [
      task,
      [...metrics.values()].reduce((widest, other) => (other.size > widest.size ? other : widest)),
    ]),
  );
}
