import DataLoader from "dataloader";
import { LRUCache } from "lru-cache";
import { type DataSource, In } from "typeorm";

import { matrix, type Matrix } from "../../engine/matrix.js";
import type { Best } from "../../engine/ranking/best-so-far.js";
import { Job } from "../../entities/job.js";
import type { Ptm } from "../../entities/ptm.js";
import type { RankingEvidence, RankingStage } from "../../entities/ranking.js";
import type { Spider } from "../../entities/spider.js";
import { TaskToken } from "../../entities/task-token.js";
import { Task } from "../../entities/task.js";
import { DomainError } from "../../errors.js";
import { sha256 } from "../digest.js";
import type { OutcomeSummary, OutcomeTables } from "./outcome-table.js";
import { filterKey, type PtmFilter } from "../filters/ptm-filter.js";
import { rankingQuality } from "./ranking-quality.js";
import { isAdmitted, StaticOrder } from "./static-order.js";
import type { AdmittedPtms, ZooIndex } from "./zoo-index.js";
import type { ZooIndexes } from "./zoo-indexes.js";
import type { ZooState, ZooStates } from "./zoo-state.js";

export const LARGEST_TOP_K = 1000;
/** Tasks that one question may ask for. */
export const LARGEST_BATCH = 64;

/**
 * Entries of answers that are kept for the next one who asks the same of the same zoo: a hundred of the longest, or
 * thousands of the top ten.
 */
const ENTRIES_KEPT = 100_000;
/** What an answer takes besides, in entries. */
const ANSWER_ENTRIES = 10;

export interface RankQuestion {
  readonly taskId: string;
  /** 1 to 1000 */
  readonly topK: number;
  readonly filter: PtmFilter;
  /** Absent for the active spider. */
  readonly spiderId?: string | undefined;
}

export interface RankedEntry {
  /** 1 is best. */
  readonly rank: number;
  readonly ptmId: string;
  /** The PTM's row; absent where it went since. */
  readonly ptm?: Ptm | undefined;
  readonly fitness: number;
  readonly coarseRank: number;
  /** Among the same PTMs, by outcomes on other tasks; null while there are none. */
  readonly staticRank: number | null;
  readonly reranked: boolean;
  readonly outcome: OutcomeSummary | null;
}

export interface RankingAnswer {
  readonly question: RankQuestion;
  readonly task: Task;
  readonly spider: Spider;
  readonly stage: RankingStage;
  readonly entries: readonly RankedEntry[];
  /** PTMs that were ranked: those with a token that the filter admits. */
  readonly zooSize: number;
  readonly asOf: Date;
  /** Digest of everything the answer follows from: equal receipts, the same entries but for rounding. */
  readonly receipt: string;
  readonly evidence: RankingEvidence;
}

/** A zoo with the fitness that a task's rankings order it by. */
export interface ScoredZoo {
  readonly task: Task;
  readonly index: ZooIndex;
  /** Of every PTM, by position. */
  readonly fitness: Float32Array;
  /** The PTMs that the question is about. */
  readonly admitted: AdmittedPtms;
}

type TokenKey = Pick<TaskToken, "taskId" | "encoderSha256">;

/** The main job: orders the zoo for a task from tokens alone. Writes nothing, runs no PTM. */
export class RankZoo {
  readonly #answers = new LRUCache<string, Promise<RankingAnswer>>({ maxSize: ENTRIES_KEPT });

  constructor(
    private readonly dataSource: DataSource,
    private readonly states: ZooStates,
    private readonly indexes: ZooIndexes,
    private readonly outcomes: OutcomeTables,
  ) {}

  /** Batched, never cached: rankings that are asked for together read their tasks and tokens together. */
  readonly #tasks = new DataLoader<string, Task | undefined>((ids) => this.#readTasks(ids), { cache: false });
  readonly #tokens = new DataLoader<TokenKey, TaskToken | undefined>((keys) => this.#readTokens(keys), {
    cache: false,
  });

  /**
   * The same question about several tasks, in their order; they share a pass over the tokens of the zoo.
   *
   * @throws DomainError as run; BAD_USER_INPUT for no or too many tasks
   */
  async runMany(
    taskIds: readonly string[],
    question: Omit<RankQuestion, "taskId">,
  ): Promise<RankingAnswer[]> {
    if (taskIds.length === 0 || taskIds.length > LARGEST_BATCH) {
      throw new DomainError(
        "BAD_USER_INPUT",
        `taskIds must hold 1 to ${LARGEST_BATCH} ids, got ${taskIds.length}.`,
      );
    }
    return Promise.all(taskIds.map((taskId) => this.run({ ...question, taskId })));
  }

  /**
   * @throws DomainError BAD_USER_INPUT (topK), NOT_FOUND (task, spider), FAILED_PRECONDITION (no spider is active, the
   *   task's token is not there yet; the message says what it waits for)
   */
  async run(question: RankQuestion): Promise<RankingAnswer> {
    const begin = performance.now();
    checkTopK("topK", question.topK);
    const state = await this.states.read();
    // A task's token never changes once it is there, so that question and state decide the answer.
    const { taskId, topK, spiderId = "", filter } = question;
    const version = `${state.tokens} ${state.outcomes} ${state.retirements}`;
    const key = `${version} ${taskId} ${topK} ${spiderId} ${filterKey(filter)}`;
    const answer = await this.#answerOnce(key, question, state);
    const seconds = (performance.now() - begin) / 1000;
    return { ...answer, question, asOf: new Date(), evidence: { ...answer.evidence, seconds } };
  }

  /** Whoever asks the same of the same zoo while it is computed, or later, shares the answer; a failure is not kept. */
  #answerOnce(key: string, question: RankQuestion, state: ZooState): Promise<RankingAnswer> {
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    const answer = this.#compute(question, state);
    this.#answers.set(key, answer, { size: question.topK + ANSWER_ENTRIES });
    answer.catch(() => this.#answers.delete(key));
    return answer;
  }

  async #compute(question: RankQuestion, state: ZooState): Promise<RankingAnswer> {
    const task = await this.#rankable(question.taskId);
    const outcomes = await this.outcomes.at(state.outcomes);

    return this.indexes.use(state.tokens, question.spiderId, async (index) => {
      const token = await this.#token(task, index.spider);
      const admitted = await index.admitted(question.filter);
      const known = outcomes.byTask.get(task.id)?.known ?? new Map<string, OutcomeSummary>();
      const measured = admittedOf(index, admitted, known);
      const elsewhere = (await index.standings(outcomes)).onOtherTasks(task);
      const best = await index.best(token.centres, question.topK, admitted, elsewhere, measured);
      const staticOrder = StaticOrder.of(admitted, elsewhere);
      const rows = await index.rows(Array.from(best.positions, (position) => index.ptmIds.at(position)!));
      const entries = rankedEntries(index, best, staticOrder, known, rows);
      return {
        question,
        task,
        spider: index.spider,
        stage: "COARSE",
        entries,
        zooSize: admitted.positions.length,
        asOf: new Date(),
        receipt: sha256(
          JSON.stringify([
            "coarse",
            task.id,
            token.digest,
            index.digest,
            index.priorWeight,
            outcomes.digest,
            question.topK,
            filterKey(question.filter),
          ]),
        ),
        evidence: {
          forwardPasses: 0,
          forwardSeconds: null,
          runsReused: 0,
          mergePolicy: null,
          seconds: 0,
          ...qualityOf(index, measured, best.ofAsked, staticOrder, known),
        },
      };
    });
  }

  /**
   * Works on the fitness that `run` would rank the PTMs by, all of them.
   *
   * @throws DomainError as `run`
   */
  async scored<Result>(
    taskId: string,
    filter: PtmFilter,
    work: (zoo: ScoredZoo) => Promise<Result>,
  ): Promise<Result> {
    const state = await this.states.read();
    const task = await this.#rankable(taskId);
    const outcomes = await this.outcomes.at(state.outcomes);
    return this.indexes.use(state.tokens, undefined, async (index) => {
      const token = await this.#token(task, index.spider);
      const admitted = await index.admitted(filter);
      const elsewhere = (await index.standings(outcomes)).onOtherTasks(task);
      return work({ task, index, admitted, fitness: await index.fitness(token.centres, elsewhere) });
    });
  }

  async #rankable(taskId: string): Promise<Task> {
    const task = await this.#tasks.load(taskId);
    if (task === undefined) {
      throw new DomainError("NOT_FOUND", "There is no Task with the id given.", { part: ["taskId"] });
    }
    if (task.status === "RETIRED") throw retired(task);
    return task;
  }

  /** As `run`, for a question that an id carries: null where its task or spider is not there. */
  async again(question: RankQuestion): Promise<RankingAnswer | null> {
    try {
      return await this.run(question);
    } catch (error) {
      if (error instanceof DomainError && error.code === "NOT_FOUND") return null;
      throw error;
    }
  }

  async #token(task: Task, spider: Spider): Promise<{ digest: string; centres: Matrix }> {
    const token = await this.#tokens.load({ taskId: task.id, encoderSha256: spider.encoderSha256 });
    if (token === undefined) throw await this.#notReady(task);
    return { digest: token.digest, centres: matrix(token.classCount, token.width, token.vectors) };
  }

  async #readTasks(ids: readonly string[]): Promise<(Task | undefined)[]> {
    const tasks = await this.dataSource.getRepository(Task).findBy({ id: In([...ids]) });
    const byId = new Map(tasks.map((task) => [task.id, task]));
    return ids.map((id) => byId.get(id));
  }

  async #readTokens(keys: readonly TokenKey[]): Promise<(TaskToken | undefined)[]> {
    const tokens = await this.dataSource.getRepository(TaskToken).findBy({
      taskId: In(keys.map(({ taskId }) => taskId)),
      encoderSha256: In([...new Set(keys.map(({ encoderSha256 }) => encoderSha256))]),
    });
    return keys.map(({ taskId, encoderSha256 }) =>
      tokens.find((token) => token.taskId === taskId && token.encoderSha256 === encoderSha256),
    );
  }

  /** Says what a ranking waits for, so that the caller need not guess. */
  async #notReady(task: Task): Promise<DomainError> {
    const who = `Task "${task.name}" version ${task.version}`;
    if (task.status === "FAILED") {
      return new DomainError(
        "FAILED_PRECONDITION",
        `${who} has no token because its preparation failed: ${task.statusReason} Add it again with other samples.`,
      );
    }
    const job = await this.dataSource
      .getRepository(Job)
      .findOne({ where: { taskId: task.id, kind: "TOKENIZE_TASK" }, order: { id: "DESC" } });
    if (job === null || job.state === "COMPLETED") {
      return new DomainError(
        "FAILED_PRECONDITION",
        `${who} has no token of this spider's general encoder; a private task must be added with class centres of it.`,
      );
    }
    const progress = Math.round(job.progress * 100);
    return new DomainError(
      "FAILED_PRECONDITION",
      `${who} is not ready to be ranked: it waits for its task token (job ${job.state}, ${progress} %). ` +
        `Ask task(id) until its status is READY.`,
    );
  }
}

/** @throws DomainError BAD_USER_INPUT */
export function checkTopK(what: string, topK: number): void {
  if (Number.isInteger(topK) && topK >= 1 && topK <= LARGEST_TOP_K) return;
  throw new DomainError("BAD_USER_INPUT", `${what} must be 1 to ${LARGEST_TOP_K}, got ${topK}.`, {
    part: [what],
  });
}

function retired({ name, version, retirementReason, successorId }: Task): DomainError {
  const successor = successorId === null ? "" : " Its successor is the one to rank for.";
  return new DomainError(
    "FAILED_PRECONDITION",
    `Task "${name}" version ${version} is retired: ${retirementReason}${successor}`,
    { part: ["taskId"] },
  );
}

/** The positions of those among some PTMs that a filter admits, ascending. */
function admittedOf(
  index: ZooIndex,
  admitted: AdmittedPtms,
  ptmIds: ReadonlyMap<string, unknown>,
): Int32Array {
  const positions = Array.from(ptmIds.keys(), (id) => index.positionOf(id));
  return Int32Array.from(
    positions.filter((position) => position !== undefined && isAdmitted(admitted, position)) as number[],
  ).sort();
}

function rankedEntries(
  index: ZooIndex,
  { positions, scores }: Best,
  staticOrder: StaticOrder | undefined,
  known: ReadonlyMap<string, OutcomeSummary>,
  rows: ReadonlyMap<string, Ptm>,
): RankedEntry[] {
  return Array.from(positions, (position, i) => {
    const ptmId = index.ptmIds.at(position)!;
    return {
      rank: i + 1,
      ptmId,
      ptm: rows.get(ptmId),
      fitness: scores[i]!,
      coarseRank: i + 1,
      staticRank: staticOrder?.rank(position) ?? null,
      reranked: false,
      outcome: known.get(ptmId) ?? null,
    };
  });
}

function qualityOf(
  index: ZooIndex,
  measured: Int32Array,
  fitness: Float32Array,
  staticOrder: StaticOrder | undefined,
  known: ReadonlyMap<string, OutcomeSummary>,
): Pick<RankingEvidence, "outcomeCount" | "spider" | "static"> {
  if (measured.length === 0) return { outcomeCount: 0, spider: null, static: null };
  const outcomes = Array.from(measured, (i) => known.get(index.ptmIds.at(i)!)!.value);
  return {
    outcomeCount: measured.length,
    spider: rankingQuality(outcomes, Array.from(fitness)),
    static: staticOrder
      ? rankingQuality(
          outcomes,
          Array.from(measured, (i) => staticOrder.score(i)),
        )
      : null,
  };
}
