import type { DataSource } from "typeorm";

import type { Matrix } from "../../engine/matrix.js";
import type { MetricScorer } from "../../engine/runtime/metric-scorer.js";
import { ClassCentreAccumulator } from "../../engine/tokens/class-centres.js";
import type { TimedBatch } from "../../engine/tokens/latency.js";
import { Ptm } from "../../entities/ptm.js";
import { SpecificToken } from "../../entities/specific-token.js";
import { Task } from "../../entities/task.js";
import type { AdvanceRanking } from "../ranking/advance-ranking.js";
import { JobRun } from "../background/job-run.js";
import { keepLatency } from "./keep-latency.js";
import { keepScores, type Pair, type PairMeasurements } from "./keep-scores.js";
import { metricSample } from "./metric-sample.js";
import { outputsOf } from "./network-outputs.js";
import { permanentFailure } from "../background/permanent-failure.js";
import { runMetrics } from "./run-metrics.js";
import type { RunNetwork } from "./run-network.js";
import { storeSpecificToken } from "./store-specific-token.js";
import type { TaskSamples } from "./task-samples.js";

/** Each report is a commit: often enough for people and for a cancellation, not one for every batch. */
const PROGRESS_MS = 250;

/** What one run of a PTM on a task gives. */
interface PtmRun {
  /** The specific token, shape [C, d_m]. */
  readonly centres: Matrix;
  readonly measured: PairMeasurements;
  readonly batches: readonly TimedBatch[];
}

/**
 * The work of a RUN_PTM job: runs one PTM on a task's samples, stores the specific token and the transferability scores, tells
 * the rankings that wait.
 */
export class RunPtm {
  constructor(
    private readonly dataSource: DataSource,
    private readonly samples: TaskSamples,
    private readonly network: RunNetwork,
    private readonly scorer: MetricScorer,
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
      const run = await this.#runOnce(attempt, pair, signal);
      if (run === undefined) return; // cancelled, or taken over by another worker
      await attempt.finish({ state: "COMPLETED" }, async (manager) => {
        await storeSpecificToken(manager, pair, run.centres);
        await keepScores(manager, pair, run.measured);
        await keepLatency(manager, pair.ptmId, run.batches);
      });
    } catch (error) {
      const reason = permanentFailure(error);
      if (reason === undefined) throw error;
      await attempt.finish({ state: "FAILED", errorMessage: reason }, async () => undefined);
    }
  }

  async #runOnce(attempt: JobRun, { taskId, ptmId }: Pair, signal: AbortSignal): Promise<PtmRun | undefined> {
    const [task, ptm] = await Promise.all([
      this.dataSource.getRepository(Task).findOneByOrFail({ id: taskId }),
      this.dataSource.getRepository(Ptm).findOneByOrFail({ id: ptmId }),
    ]);
    const samples = await this.samples.read(task.artifactSha256!);
    const classCount = task.classes.length;
    const positions = metricSample(samples.labels, classCount);
    let centres: ClassCentreAccumulator | undefined;
    const batches: TimedBatch[] = [];
    let toldAt = performance.now();
    const outputs = await outputsOf(this.network.run(ptm, samples, signal), positions, async (batch) => {
      centres ??= new ClassCentreAccumulator(classCount, batch.features.columns);
      centres.add(batch.features, batch.labels);
      batches.push({ samples: batch.labels.length, seconds: batch.seconds });
      if (performance.now() - toldAt < PROGRESS_MS) return true;
      toldAt = performance.now();
      return attempt.progress(batch.progress, `running ${ptm.name}`);
    });
    if (outputs === undefined) return undefined;
    const labels = positions.map((position) => samples.labels[position]!);
    const input = { ...outputs.matrices, labels, classCount };
    const measured = await runMetrics(this.scorer, input, outputs.seconds);
    return { centres: centres!.finish(), measured, batches };
  }
}
