import type { DataSource, EntityManager, QueryDeepPartialEntity } from "typeorm";

import { Job } from "../../entities/job.js";

/**
 * One worker's attempt at a job. The attempt's number is a fence: everything is written only while the row still carries
 * it, so a worker that was frozen and comes back after another took over changes nothing.
 */
export class JobRun {
  private constructor(
    private readonly dataSource: DataSource,
    readonly job: Job,
  ) {}

  /** Takes a job up; undefined if it is over already (it was cancelled, or finished by an attempt thought dead). */
  static async begin(dataSource: DataSource, jobId: string): Promise<JobRun | undefined> {
    await dataSource
      .createQueryBuilder()
      .update(Job)
      .set({
        state: "RUNNING",
        attempts: () => "attempts + 1",
        startedAt: () => "coalesce(started_at, now())",
        progress: 0,
        stage: null,
      })
      .where("id = :jobId AND state IN ('QUEUED', 'RUNNING')", { jobId })
      .execute();
    const job = await dataSource.getRepository(Job).findOneBy({ id: jobId });
    return job?.state === "RUNNING" ? new JobRun(dataSource, job) : undefined;
  }

  /**
   * Says how far the work is, 0 to 1.
   *
   * @returns whether it is still this attempt's: false after a cancellation or when another attempt has taken over
   */
  async progress(fraction: number, stage: string): Promise<boolean> {
    return this.#update(this.dataSource.manager, { progress: fraction, stage });
  }

  /**
   * Writes a part of the result together with the progress, both or neither.
   *
   * @returns false if nothing was written because another attempt has taken over or the job is over: stop working
   */
  async advance(
    fraction: number,
    stage: string,
    write: (manager: EntityManager) => Promise<void>,
  ): Promise<boolean> {
    return this.dataSource.transaction(async (manager) => {
      const mine = await this.#update(manager, { progress: fraction, stage });
      if (mine) await write(manager);
      return mine;
    });
  }

  /**
   * Writes the result and the job's end in one transaction, or nothing if another attempt has taken over.
   *
   * @param end what the job's row becomes
   */
  async finish(
    end: { readonly state: "COMPLETED" } | { readonly state: "FAILED"; readonly errorMessage: string },
    write: (manager: EntityManager) => Promise<void>,
  ): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const progress = end.state === "COMPLETED" ? { progress: 1 } : {};
      if (await this.#update(manager, { ...end, ...progress, finishedAt: () => "now()" }))
        await write(manager);
    });
  }

  async #update(manager: EntityManager, values: QueryDeepPartialEntity<Job>): Promise<boolean> {
    const result = await manager
      .createQueryBuilder()
      .update(Job)
      .set(values)
      .where("id = :id AND attempts = :attempts AND state = 'RUNNING'", this.job)
      .execute();
    return result.affected === 1;
  }
}
