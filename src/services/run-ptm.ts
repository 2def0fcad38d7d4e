import type { DataSource } from "typeorm";

import type { Matrix } from "../engine/matrix.js";
import { ClassCentreAccumulator } from "../engine/tokens/class-centres.js";
import { Ptm } from "../entities/ptm.js";
import { SpecificToken } from "../entities/specific-token.js";
import { Task } from "../entities/task.js";
import type { AdvanceRanking } from "./advance-ranking.js";
import { JobRun } from "./job-run.js";
import { permanentFailure } from "./permanent-failure.js";
import type { RunNetwork } from "./run-network.js";
import { storeSpecificToken } from "./store-specific-token.js";
import type { TaskSamples } from "./task-samples.js";

/** Each report is a commit: often enough for people and for a cancellation, not one for every batch. */
const PROGRESS_MS = 250;

/** The work of a RUN_PTM job: runs one PTM on a task's samples, stores the specific token, tells the rankings that wait. */
export class RunPtm {
  constructor(
    private readonly dataSource: DataSource,
    private readonly samples: TaskSamples,
    private readonly network: RunNetwork,
    private readonly advance: AdvanceRanking,
  ) {}

  /**
   * Safe to repeat; of several attempts at a job the latest alone writes. A repetition of a job that is over only tells the
   * rankings again, in case the process died between the two.
   *
   * @throws what another attempt may mend; a fault of the PTM or the archive ends in job FAILED instead
   */
  async run(jobId: string, signal: AbortSignal): Promise<void> {
    const attempt = await JobRun.begin(this.dataSource, jobId);
    if (attempt !== undefined) await this.#attempt(attempt, signal);
    await this.advance.waitingFor(jobId);
  }

  async #attempt(attempt: JobRun, signal: AbortSignal): Promise<void> {
    const { taskId, ptmId } = attempt.job;
    const pair = { taskId: taskId!, ptmId: ptmId! };
    try {
      if (await this.dataSource.getRepository(SpecificToken).existsBy(pair)) {
        return await attempt.finish({ state: "COMPLETED" }, async () => undefined);
      }
      const centres = await this.#classCentres(attempt, pair, signal);
      if (centres === undefined) return; // cancelled, or taken over by another worker
      await attempt.finish({ state: "COMPLETED" }, (manager) => storeSpecificToken(manager, pair, centres));
    } catch (error) {
      const reason = permanentFailure(error);
      if (reason === undefined) throw error;
      await attempt.finish({ state: "FAILED", errorMessage: reason }, async () => undefined);
    }
  }

  async #classCentres(
    attempt: JobRun,
    { taskId, ptmId }: { taskId: string; ptmId: string },
    signal: AbortSignal,
  ): Promise<Matrix | undefined> {
    const task = await this.dataSource.getRepository(Task).findOneByOrFail({ id: taskId });
    const ptm = await this.dataSource.getRepository(Ptm).findOneByOrFail({ id: ptmId });
    const samples = await this.samples.read(task.artifactSha256!);
    let centres: ClassCentreAccumulator | undefined;
    let toldAt = performance.now();
    for await (const batch of this.network.run(ptm, samples, signal)) {
      centres ??= new ClassCentreAccumulator(task.classes.length, batch.features.columns);
      centres.add(batch.features, batch.labels);
      if (performance.now() - toldAt < PROGRESS_MS) continue;
      toldAt = performance.now();
      if (!(await attempt.progress(batch.progress, `running ${ptm.name}`))) return undefined;
    }
    return centres?.finish();
  }
}
