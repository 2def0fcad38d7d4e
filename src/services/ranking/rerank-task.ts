import type { DataSource, EntityManager } from "typeorm";
import { v7 as uuid } from "uuid";

import { Job } from "../../entities/job.js";
import { RankingEntry } from "../../entities/ranking-entry.js";
import { Ranking } from "../../entities/ranking.js";
import { SpecificToken } from "../../entities/specific-token.js";
import { Task } from "../../entities/task.js";
import { DomainError } from "../../errors.js";
import type { Logger } from "../../log.js";
import { audit } from "../access/audit.js";
import { once } from "../access/once.js";
import { coarseRow } from "./coarse-row.js";
import { sha256 } from "../digest.js";
import type { JobQueue } from "../background/job-queue.js";
import { filterKey, type PtmFilter } from "../filters/ptm-filter.js";
import { LARGEST_TOP_K, type RankedEntry, type RankingAnswer, type RankZoo } from "./rank-zoo.js";
import type { Viewer } from "../access/viewer.js";

const LARGEST_RERANK = 100;
export const LONGEST_BUDGET_SECONDS = 86_400;

/** Somebody waits for the answer, or nobody does. */
const JOB_PRIORITY = { INTERACTIVE: 10, BATCH: 0 } as const;
export const JOB_URGENCIES = ["INTERACTIVE", "BATCH"] as const satisfies (keyof typeof JOB_PRIORITY)[];
export type JobUrgency = (typeof JOB_URGENCIES)[number];

export interface RerankCommand {
  readonly taskId: string;
  /** How many PTMs to run, 1 to 100. */
  readonly topK: number;
  /** When they are used up, the ranking completes with what it has; more than 0, at most a day. */
  readonly budgetSeconds: number;
  readonly filter: PtmFilter;
  readonly urgency: JobUrgency;
}

/** Starts re-rankings: ranks coarsely, writes the ranking down and queues a run for each of the best PTMs. */
export class RerankTask {
  constructor(
    private readonly dataSource: DataSource,
    private readonly rankZoo: RankZoo,
    private readonly queue: JobQueue,
    private readonly log: Logger,
  ) {}

  /**
   * Answers at once. An equal re-ranking that is under way is joined; PTMs that were run on the task before are not run
   * again; everything is written and queued in one transaction.
   *
   * @throws DomainError BAD_USER_INPUT (topK, seconds), NOT_FOUND (task), FAILED_PRECONDITION (no samples, no token yet,
   *   no PTM to run)
   */
  async run(command: RerankCommand, viewer: Viewer): Promise<{ ranking: Ranking; job: Job }> {
    check(command);
    const task = await this.dataSource.getRepository(Task).findOneBy({ id: command.taskId });
    if (task === null)
      throw new DomainError("NOT_FOUND", "There is no Task with the id given.", { part: ["taskId"] });
    const { taskId, filter } = command;
    const answer = await this.rankZoo.run({ taskId, topK: LARGEST_TOP_K, filter });
    if (answer.entries.length === 0) {
      throw new DomainError(
        "FAILED_PRECONDITION",
        "There is no PTM to run: none with a token passes the filter.",
      );
    }
    const { ranking, job } = await once(this.dataSource, viewer, async (manager) => {
      const id = await this.#start(manager, command, task, answer, viewer);
      return {
        ranking: await manager.findOneByOrFail(Ranking, { id }),
        job: await manager.findOneByOrFail(Job, { rankingId: id }),
      };
    });
    this.log.info(
      { requestId: viewer.requestId, rankingId: ranking.id, jobId: job.id, taskId, stage: ranking.stage },
      "re-ranking asked for",
    );
    return { ranking, job };
  }

  /** @returns the id of the ranking that was started or joined */
  async #start(
    manager: EntityManager,
    command: RerankCommand,
    task: Task,
    answer: RankingAnswer,
    viewer: Viewer,
  ): Promise<string> {
    const id = uuid();
    const question = [command.taskId, answer.spider.id, command.topK, filterKey(command.filter)];
    const requestKey = sha256(JSON.stringify(question));
    const topK = Math.min(command.topK, answer.entries.length);
    for (;;) {
      const inserted = await manager
        .createQueryBuilder()
        .insert()
        .into(Ranking)
        .values({
          id,
          taskId: command.taskId,
          spiderId: answer.spider.id,
          stage: "RERANKING",
          receipt: sha256(JSON.stringify(["reranking", answer.receipt, command.topK])),
          zooSize: answer.zooSize,
          topK,
          requestKey,
          coarseReceipt: answer.receipt,
          deadlineAt: () => `now() + make_interval(secs => ${command.budgetSeconds})`,
          evidence: answer.evidence,
          createdBy: viewer.name,
        })
        .orIgnore()
        .returning("id")
        .execute();
      if ((inserted.raw as unknown[]).length > 0) break;
      const running = await manager.findOneBy(Ranking, { requestKey, stage: "RERANKING" });
      if (running !== null) return running.id; // otherwise it ended between the two statements
    }

    const { taskId } = command;
    const priority = JOB_PRIORITY[command.urgency];
    const runs = await this.#queueRuns(manager, task, answer.entries.slice(0, topK), priority);
    await manager.insert(
      RankingEntry,
      answer.entries.map((entry) => ({
        ...coarseRow(id, entry),
        jobId: runs.get(entry.ptmId) ?? null,
        failure: null,
      })),
    );
    const { filter, budgetSeconds } = command;
    const subject = { taskId, rankingId: id };
    const jobId = await this.#queueSteps(manager, subject, priority, budgetSeconds, runs.size === topK);
    await audit(manager, viewer, {
      action: "rerank",
      subject: { type: "Ranking", id },
      before: null,
      after: { taskId, spiderId: answer.spider.id, topK, filter, budgetSeconds, jobId },
    });
    return id;
  }

  /**
   * Queues the ranking's own job: now, if there are results of earlier runs to rank by, and at the deadline, when the
   * ranking ends whatever happened to its runs. Between the two the end of each run takes a step.
   *
   * @returns the job; it counts as running while there is nothing for it to do but to wait for runs
   */
  async #queueSteps(
    manager: EntityManager,
    subject: { readonly taskId: string; readonly rankingId: string },
    priority: number,
    budgetSeconds: number,
    isAllToBeRun: boolean,
  ): Promise<string> {
    const id = uuid();
    await manager.insert(Job, {
      id,
      kind: "RERANK",
      ...subject,
      priority,
      progress: 0,
      ...(isAllToBeRun
        ? { state: "RUNNING", attempts: 1, startedAt: () => "now()" }
        : { state: "QUEUED", attempts: 0 }),
    });
    if (!isAllToBeRun) await this.queue.enqueue(manager, "RERANK", id, { priority, subject });
    await this.queue.enqueue(manager, "RERANK", id, { priority, delaySeconds: budgetSeconds, subject });
    return id;
  }

  /** Queues a run of every PTM that was not run on the task yet. @returns the job by PTM; none where the token is there */
  async #queueRuns(
    manager: EntityManager,
    { id: taskId, name, sampleCount }: Task,
    entries: readonly RankedEntry[],
    priority: number,
  ): Promise<Map<string, string>> {
    const tokens = await manager
      .createQueryBuilder(SpecificToken, "token")
      .select("token.ptmId", "ptmId")
      .where("token.taskId = :taskId AND token.ptmId = ANY(:ptmIds)", {
        taskId,
        ptmIds: entries.map(({ ptmId }) => ptmId),
      })
      .getRawMany<{ ptmId: string }>();
    const done = new Set(tokens.map(({ ptmId }) => ptmId));
    const runs = new Map<string, string>();
    // In the order of ids, so that two transactions that want the same runs wait for each other and never in a circle.
    const missing = entries.filter(({ ptmId }) => !done.has(ptmId));
    if (missing.length > 0 && sampleCount === 0) {
      throw new DomainError(
        "FAILED_PRECONDITION",
        `Task "${name}" brings class centres alone, and re-ranking runs PTMs on samples. ` +
          `Ask rank, which needs none, or add the task with its samples.`,
      );
    }
    const inCoarseOrder = new Map(missing.map(({ ptmId }, place) => [ptmId, place]));
    const created: string[] = [];
    for (const { ptmId } of [...missing].sort((a, b) => (a.ptmId < b.ptmId ? -1 : 1))) {
      const { jobId, isNew } = await this.#joinOrCreateRun(manager, taskId, ptmId, priority);
      runs.set(ptmId, jobId);
      if (isNew) created.push(ptmId);
    }
    // The best first: when the seconds are short, they go to those that matter most.
    created.sort((a, b) => inCoarseOrder.get(a)! - inCoarseOrder.get(b)!);
    for (const ptmId of created) {
      await this.queue.enqueue(manager, "RUN_PTM", runs.get(ptmId)!, {
        priority,
        subject: { taskId, ptmId }, // rankings share it
      });
    }
    return runs;
  }

  async #joinOrCreateRun(
    manager: EntityManager,
    taskId: string,
    ptmId: string,
    priority: number,
  ): Promise<{ jobId: string; isNew: boolean }> {
    for (;;) {
      const id = uuid();
      const inserted = await manager
        .createQueryBuilder()
        .insert()
        .into(Job)
        .values({ id, kind: "RUN_PTM", state: "QUEUED", progress: 0, attempts: 0, taskId, ptmId, priority })
        .orIgnore()
        .returning("id")
        .execute();
      if ((inserted.raw as unknown[]).length > 0) return { jobId: id, isNew: true };
      // Locked until the commit: nobody cancels it before this ranking is seen to wait for it. Without its key: entries
      // that refer to the job are written meanwhile, in the order of their ranks, and two orders make a circle.
      const running = await manager
        .createQueryBuilder(Job, "job")
        .setLock("for_no_key_update")
        .where("job.kind = 'RUN_PTM' AND job.taskId = :taskId AND job.ptmId = :ptmId", { taskId, ptmId })
        .andWhere("job.state IN ('QUEUED', 'RUNNING')")
        .getOne();
      if (running === null) continue; // it ended between the two statements
      const isUrgent = running.state === "QUEUED" && running.priority < priority;
      // A second message for the same job: the one that comes late finds nothing to do.
      if (isUrgent) await manager.update(Job, { id: running.id }, { priority });
      return { jobId: running.id, isNew: isUrgent };
    }
  }
}

function check({ topK, budgetSeconds }: RerankCommand): void {
  if (!Number.isInteger(topK) || topK < 1 || topK > LARGEST_RERANK) {
    throw new DomainError("BAD_USER_INPUT", `topK must be 1 to ${LARGEST_RERANK}, got ${topK}.`, {
      part: ["topK"],
    });
  }
  if (!(budgetSeconds > 0 && budgetSeconds <= LONGEST_BUDGET_SECONDS)) {
    throw new DomainError(
      "BAD_USER_INPUT",
      `budget.seconds must be more than 0 and at most ${LONGEST_BUDGET_SECONDS}, got ${budgetSeconds}.`,
      { part: ["budget", "seconds"] },
    );
  }
}
