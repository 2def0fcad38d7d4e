import type { DataSource } from "typeorm";
import { v7 as uuid } from "uuid";

import { CODE_VERSION } from "../../code-version.js";
import type { Matrix } from "../../engine/matrix.js";
import { Spider } from "../../entities/spider.js";
import { TaskToken } from "../../entities/task-token.js";
import { Task } from "../../entities/task.js";
import { DomainError } from "../../errors.js";
import { sha256 } from "../digest.js";
import { JobRun } from "../background/job-run.js";
import { permanentFailure } from "../background/permanent-failure.js";
import type { RunNetwork } from "./run-network.js";
import { taskCentres } from "./task-centres.js";
import type { TaskSamples } from "./task-samples.js";

/** The work of a TOKENIZE_TASK job: runs the active spider's general encoder over a task's samples. */
export class TokenizeTask {
  constructor(
    private readonly dataSource: DataSource,
    private readonly samples: TaskSamples,
    private readonly network: RunNetwork,
  ) {}

  /**
   * Safe to repeat; of several attempts at a job the latest alone writes.
   *
   * @throws what another attempt may mend; a fault of the archive or the encoder ends in task and job FAILED instead
   */
  async run(jobId: string, signal: AbortSignal): Promise<void> {
    const attempt = await JobRun.begin(this.dataSource, jobId);
    if (attempt === undefined) return;
    const task = await this.dataSource.getRepository(Task).findOneByOrFail({ id: attempt.job.taskId! });
    try {
      const { centres, encoderSha256 } = await this.#classCentres(attempt, task, signal);
      await attempt.finish({ state: "COMPLETED" }, async (manager) => {
        await manager
          .createQueryBuilder()
          .insert()
          .into(TaskToken)
          .values({
            id: uuid(),
            taskId: task.id,
            encoderSha256,
            classCount: centres.rows,
            width: centres.columns,
            vectors: centres.values,
            digest: sha256(centres.values),
            codeVersion: CODE_VERSION,
          })
          .orIgnore() // the same samples and encoder give the same token
          .execute();
        await manager.update(Task, { id: task.id }, { status: "READY", statusReason: null });
      });
    } catch (error) {
      const reason = permanentFailure(error);
      if (reason === undefined) throw error;
      await attempt.finish({ state: "FAILED", errorMessage: reason }, async (manager) => {
        await manager.update(Task, { id: task.id }, { status: "FAILED", statusReason: reason });
      });
    }
  }

  async #classCentres(
    attempt: JobRun,
    task: Task,
    signal: AbortSignal,
  ): Promise<{ centres: Matrix; encoderSha256: string }> {
    const spider = await this.dataSource.getRepository(Spider).findOneBy({ active: true });
    if (spider === null) {
      throw new DomainError(
        "FAILED_PRECONDITION",
        "No spider is active, so there is no general encoder to run.",
      );
    }
    await attempt.progress(0, "reading the archive");
    const samples = await this.samples.read(task.artifactSha256!);
    const encoder = {
      artifactSha256: spider.encoderSha256,
      signature: spider.encoderSignature,
      width: spider.encoderWidth,
    };
    const centres = await taskCentres(
      this.network,
      encoder,
      samples,
      (progress) => attempt.progress(progress, "running the general encoder"),
      signal,
    );
    return { centres, encoderSha256: spider.encoderSha256 };
  }
}
