import type { DataSource } from "typeorm";

import { Job } from "../../entities/job.js";
import { DomainError } from "../../errors.js";

const POLL_MS = 50;

/** Waits for a job, for commands that have nothing else to do meanwhile. */
export class WaitForJob {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * @param what     for messages: what the job works on
   * @param progress told how much is done, 0 to 1
   * @returns the job once it is COMPLETED
   * @throws DomainError BAD_USER_INPUT with the job's own message if it ends otherwise
   */
  async run(jobId: string, what: string, progress: (share: number) => void = () => undefined): Promise<Job> {
    for (;;) {
      const job = await this.dataSource.getRepository(Job).findOneByOrFail({ id: jobId });
      if (job.state === "COMPLETED") return job;
      if (job.state === "FAILED" || job.state === "CANCELLED") {
        throw new DomainError(
          "BAD_USER_INPUT",
          `The job on ${what} ended as ${job.state}: ${job.errorMessage}`,
        );
      }
      progress(job.progress);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}
