import type { DataSource } from "typeorm";

import { Job } from "../../entities/job.js";
import { Ptm } from "../../entities/ptm.js";
import { Task } from "../../entities/task.js";
import { endRanking } from "./cancel-job.js";
import { endMeasuring } from "../training/measure-pool.js";
import { endTraining } from "../training/run-training.js";

/** Ends a job that no attempt could finish, and says so where people look. */
export class GiveUpJob {
  constructor(private readonly dataSource: DataSource) {}

  /** Safe to repeat; a job that is over already stays as it is. Re-rankings that wait for it are to be advanced then. */
  async run(jobId: string): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const job = await manager.findOneBy(Job, { id: jobId });
      if (job === null) return;
      const reason = `Gave up after ${job.attempts} attempts: the worker failed or died each time. See the server's log.`;
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
