import type { EntityManager } from "typeorm";
import { v7 as uuid } from "uuid";

import { Job, type JobKind } from "../../entities/job.js";

/** What a service needs of the queue; `src/jobs` implements it. */
export interface JobQueue {
  /**
   * Puts a job on the queue inside the caller's transaction: it exists exactly when the rows it works on do.
   *
   * @param jobId the row of `job` that mirrors it
   */
  enqueue(manager: EntityManager, kind: JobKind, jobId: string, when?: EnqueueOptions): Promise<void>;
}

/** What a job is about; log lines say it. */
export interface JobSubject {
  readonly taskId?: string | null | undefined;
  readonly ptmId?: string | null | undefined;
  readonly rankingId?: string | null | undefined;
}

export interface EnqueueOptions {
  /** Larger goes first; 0 without it. */
  readonly priority?: number;
  /** Not before so many seconds have passed, by the database's clock. */
  readonly delaySeconds?: number;
  readonly subject?: JobSubject;
}

/** Writes a job's row and puts it on the queue, both in the caller's transaction. */
export async function queueJob(
  manager: EntityManager,
  queue: JobQueue,
  job: Pick<Job, "kind"> &
    Partial<Pick<Job, "taskId" | "ptmId" | "rankingId" | "poolId" | "spiderId" | "priority" | "request">>,
): Promise<Job> {
  const { priority = 0, taskId, ptmId, rankingId } = job;
  const id = uuid();
  await manager.insert(Job, { id, state: "QUEUED", progress: 0, attempts: 0, ...job, priority });
  await queue.enqueue(manager, job.kind, id, { priority, subject: { taskId, ptmId, rankingId } });
  return manager.findOneByOrFail(Job, { id });
}
