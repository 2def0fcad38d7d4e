import type { DataSource } from "typeorm";

import { Job } from "../../entities/job.js";
import { Ptm } from "../../entities/ptm.js";
import { Task } from "../../entities/task.js";
import { endRanking } from "./cancel-job.js";
import { isMachineFault } from "./machine-fault.js";
import { endMeasuring } from "../training/measure-pool.js";
import { endTraining } from "../training/run-training.js";

/** A defect that does not pass shows itself in so many attempts. */
const MOST_FAILURES = 3;

/**
 * Ends jobs that no attempt can finish, and says so where people look. An attempt that threw is the job's own failure, of
 * which it has three. One whose worker or database died is not, nor is one for which there was no room: the queue tries on,
 * up to a larger number of attempts in all (docs/adr/0060), for what a job does may be what kills its workers.
 */
export class GiveUpJob {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Told of an attempt that threw.
   *
   * @returns whether the job is over with it
   */
  async afterFailure(jobId: string, error: unknown): Promise<boolean> {
    if (isMachineFault(error)) return false;
    const [rows] = await this.dataSource.query<[{ failures: number }[], number]>(
      `UPDATE job SET failures = failures + 1 WHERE id = $1 AND state IN ('QUEUED', 'RUNNING') RETURNING failures`,
      [jobId],
    );
    const failures = rows[0]?.failures ?? 0;
    if (failures < MOST_FAILURES) return false;
    await this.#end(jobId, () => `Gave up after ${failures} failed attempts. See the server's log.`);
    return true;
  }

  /** Told of a job that the queue tries no more. */
  async afterLastAttempt(jobId: string): Promise<void> {
    await this.#end(
      jobId,
      ({ attempts }) =>
        `Gave up after ${attempts} attempts: each lost its worker, its database or its room on the machine, or failed. ` +
        "See the server's log.",
    );
  }

  /** Safe to repeat; a job that is over already stays as it is. Re-rankings that wait for it are to be advanced then. */
  async #end(jobId: string, reasonOf: (job: Job) => string): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const job = await manager.findOneBy(Job, { id: jobId });
      if (job === null) return;
      const reason = reasonOf(job);
      if (job.rankingId !== null) await endRanking(manager, job.rankingId, "FAILED", reason);
      const { affected } = await manager
        .createQueryBuilder()
        .update(Job)
        .set({ state: "FAILED", errorMessage: reason, finishedAt: () => "now()" })
        .where("id = :jobId AND state IN ('QUEUED', 'RUNNING')", { jobId })
        .execute();
      if (affected !== 1) return;
      if (job.spiderId !== null) await endTraining(manager, job.spiderId, "FAILED", reason);
      if (job.poolId !== null) await endMeasuring(manager, job.poolId, "FAILED", reason);
      // Only what a job was to prepare fails with it: a task that could not be measured can still be ranked.
      if (job.kind === "TOKENIZE_TASK" && job.taskId !== null) {
        await manager.update(Task, { id: job.taskId }, { status: "FAILED", statusReason: reason });
      }
      if (job.kind === "TOKENIZE_PTM" && job.ptmId !== null) {
        await manager.update(Ptm, { id: job.ptmId }, { status: "FAILED", statusReason: reason });
      }
    });
  }
}
