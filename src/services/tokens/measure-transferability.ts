import { type DataSource, type EntityManager, In } from "typeorm";

import { Job } from "../../entities/job.js";
import { Ptm } from "../../entities/ptm.js";
import { Task } from "../../entities/task.js";
import type { TransferabilityMetric } from "../../entities/transferability-score.js";
import { DomainError } from "../../errors.js";
import { audit } from "../access/audit.js";
import { once } from "../access/once.js";
import { type JobQueue, queueJob } from "../background/job-queue.js";
import { lockName } from "../registry/lock-name.js";
import type { Viewer } from "../access/viewer.js";

/** Each PTM is run once: more of them make a job that nobody waits for. */
export const LARGEST_MEASUREMENT = 100;

export interface MeasureTransferabilityInput {
  readonly taskId: string;
  /** 1 to 100; repeated ones count once. */
  readonly ptmIds: readonly string[];
  /** At least one; repeated ones count once. */
  readonly metrics: readonly TransferabilityMetric[];
}

/** What a MEASURE job's row says besides its task. */
export type MeasureRequest = Pick<MeasureTransferabilityInput, "ptmIds" | "metrics">;

/** Asks for the transferability scores of some PTMs on a task. Answers at once; a job runs the PTMs. */
export class MeasureTransferability {
  constructor(
    private readonly dataSource: DataSource,
    private readonly queue: JobQueue,
  ) {}

  /**
   * Safe to repeat: an equal request that is not over yet is answered with its job, and a job measures only what is not
   * there yet.
   *
   * @throws DomainError BAD_USER_INPUT (no or too many PTMs, no metric), NOT_FOUND (task, PTM), FAILED_PRECONDITION (a
   *   private task has no samples to run on; a PTM's file could not be used)
   */
  async run({ taskId, ptmIds, metrics }: MeasureTransferabilityInput, viewer: Viewer): Promise<{ job: Job }> {
    const request: MeasureRequest = { ptmIds: [...new Set(ptmIds)], metrics: [...new Set(metrics)] };
    if (ptmIds.length === 0 || ptmIds.length > LARGEST_MEASUREMENT) {
      throw new DomainError(
        "BAD_USER_INPUT",
        `ptmIds must hold 1 to ${LARGEST_MEASUREMENT} ids, got ${ptmIds.length}.`,
        { part: ["ptmIds"] },
      );
    }
    if (metrics.length === 0) {
      throw new DomainError("BAD_USER_INPUT", "metrics must hold at least one metric, got none.", {
        part: ["metrics"],
      });
    }
    return once(this.dataSource, viewer, async (manager) => {
      await requireSamples(manager, taskId);
      await requireUsablePtms(manager, request.ptmIds);
      await lockName(manager, "measurement", taskId);
      const underWay = await findUnderWay(manager, taskId, request);
      if (underWay !== null) return { job: underWay };
      const job = await queueJob(manager, this.queue, { kind: "MEASURE", taskId, request });
      const subject = { type: "Job", id: job.id };
      await audit(manager, viewer, { action: "measureTransferability", subject, before: null, after: job });
      return { job };
    });
  }
}

/** Otherwise two jobs would run the same PTMs side by side, each finding no scores yet. */
function findUnderWay(manager: EntityManager, taskId: string, request: MeasureRequest): Promise<Job | null> {
  return manager
    .createQueryBuilder(Job, "job")
    .where("job.kind = 'MEASURE' AND job.task_id = :taskId AND job.state IN ('QUEUED', 'RUNNING')", {
      taskId,
    })
    .andWhere("job.request = :request", { request: JSON.stringify(request) })
    .getOne();
}

async function requireSamples(manager: EntityManager, taskId: string): Promise<void> {
  const task = await manager.findOneBy(Task, { id: taskId });
  const part = ["taskId"];
  if (task === null) throw new DomainError("NOT_FOUND", "There is no Task with the id given.", { part });
  if (task.sampleCount === 0) {
    throw new DomainError(
      "FAILED_PRECONDITION",
      `Task "${task.name}" version ${task.version} is private: it brought class centres alone, and a PTM can be run on ` +
        "samples only. Add the task with its samples to measure PTMs on it.",
      { part },
    );
  }
}

async function requireUsablePtms(manager: EntityManager, ptmIds: readonly string[]): Promise<void> {
  const ptms = await manager.findBy(Ptm, { id: In([...ptmIds]) });
  const known = new Map(ptms.map((ptm) => [ptm.id, ptm]));
  for (const [i, id] of ptmIds.entries()) {
    const ptm = known.get(id);
    const part = ["ptmIds", String(i)];
    if (ptm === undefined) throw new DomainError("NOT_FOUND", "There is no Ptm with the id given.", { part });
    if (ptm.status === "FAILED") {
      throw new DomainError(
        "FAILED_PRECONDITION",
        `PTM "${ptm.name}" version ${ptm.version} cannot be run: ${ptm.statusReason}`,
        { part },
      );
    }
  }
}
