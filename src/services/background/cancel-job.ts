import type { DataSource, EntityManager } from "typeorm";

import { Job, type JobKind } from "../../entities/job.js";
import { Ranking } from "../../entities/ranking.js";
import { DomainError } from "../../errors.js";
import type { AdvanceRanking } from "../ranking/advance-ranking.js";
import { audit } from "../access/audit.js";
import { endMeasuring } from "../training/measure-pool.js";
import { endTraining } from "../training/run-training.js";
import { cancelUnwantedRuns } from "../ranking/cancel-unwanted-runs.js";
import { hasRole, type Role, type Viewer } from "../access/viewer.js";

/** What may be cancelled, and by whom: whoever may ask for it. */
const CANCELLABLE: Partial<Record<JobKind, Role>> = {
  RERANK: "CONTRIBUTOR",
  RUN_PTM: "CONTRIBUTOR",
  MEASURE: "CONTRIBUTOR",
  MEASURE_POOL: "CURATOR",
  TRAIN: "CURATOR",
};

/** Stops what people may stop: re-rankings and the runs of PTMs they wait for, measurements, the measuring of pools, trainings. */
export class CancelJob {
  constructor(
    private readonly dataSource: DataSource,
    private readonly advance: AdvanceRanking,
  ) {}

  /**
   * A cancelled re-ranking keeps the order that it had reached, and its runs stop unless another ranking waits for them.
   * A measurement keeps the scores that it has and stops after the PTM that is being run. Cancelling a run makes the
   * rankings that wait for it go on without that PTM. Safe to repeat.
   *
   * @throws DomainError NOT_FOUND; FORBIDDEN; FAILED_PRECONDITION if the job is over or of another kind
   */
  async run(jobId: string, viewer: Viewer): Promise<Job> {
    const job = await this.dataSource.getRepository(Job).findOneBy({ id: jobId });
    if (job === null) throw new DomainError("NOT_FOUND", "There is no Job with the id given.");
    const needed = CANCELLABLE[job.kind];
    if (needed === undefined) {
      throw new DomainError(
        "FAILED_PRECONDITION",
        `A ${job.kind} job cannot be cancelled: what it prepares would stay unusable.`,
      );
    }
    if (!hasRole(viewer, needed)) {
      throw new DomainError(
        "FORBIDDEN",
        `Cancelling a ${job.kind} job needs the role ${needed}; ${viewer.name} has ${viewer.role}.`,
      );
    }
    if (job.rankingId !== null) await this.advance.run(job.rankingId); // what was run up to now is in its order
    const after = await this.dataSource.transaction(async (manager) => {
      // The ranking before the job, as everywhere: two transactions then never wait for each other in a circle.
      if (job.rankingId !== null) await endRanking(manager, job.rankingId, "CANCELLED", null);
      const { affected } = await manager
        .createQueryBuilder()
        .update(Job)
        .set({ state: "CANCELLED", finishedAt: () => "now()" })
        .where("id = :jobId AND state IN ('QUEUED', 'RUNNING')", { jobId })
        .execute();
      const after = await manager.findOneByOrFail(Job, { id: jobId });
      if (affected === 1) {
        if (job.spiderId !== null) await endTraining(manager, job.spiderId, "CANCELLED", null);
        if (job.poolId !== null) await endMeasuring(manager, job.poolId, "CANCELLED", null);
        const subject = { type: "Job", id: jobId };
        await audit(manager, viewer, { action: "cancelJob", subject, before: job, after });
      }
      return after;
    });
    if (after.state !== "CANCELLED") {
      throw new DomainError("FAILED_PRECONDITION", `The job is over already: it is ${after.state}.`);
    }
    if (job.kind === "RUN_PTM") await this.advance.waitingFor(jobId);
    return after;
  }
}

/** Ends a re-ranking as it stands, in the caller's transaction; nothing if it has ended. */
export async function endRanking(
  manager: EntityManager,
  rankingId: string,
  stage: "CANCELLED" | "FAILED",
  failure: string | null,
): Promise<void> {
  const { affected } = await manager
    .createQueryBuilder()
    .update(Ranking)
    .set({ stage, failure, revision: () => "revision + 1" })
    .where("id = :rankingId AND stage = 'RERANKING'", { rankingId })
    .execute();
  if (affected === 1) await cancelUnwantedRuns(manager, rankingId);
}
