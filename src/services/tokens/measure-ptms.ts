import type { DataSource } from "typeorm";

import type { LabelledImages } from "../../archives/labelled-images.js";
import type { MetricScorer } from "../../engine/runtime/metric-scorer.js";
import { Ptm } from "../../entities/ptm.js";
import { Task } from "../../entities/task.js";
import type { TransferabilityMetric } from "../../entities/transferability-score.js";
import { JobRun } from "../background/job-run.js";
import { keepScores, missingMetrics, type PairMeasurements } from "./keep-scores.js";
import type { MeasureRequest } from "./measure-transferability.js";
import { metricSample } from "./metric-sample.js";
import { outputsOf } from "./network-outputs.js";
import { permanentFailure } from "../background/permanent-failure.js";
import { type RunNetwork, selectSamples } from "./run-network.js";
import type { TaskSamples } from "./task-samples.js";

/** Share of a pair's progress that running the network makes; the metrics are the rest. */
const NETWORK_SHARE = 0.5;

/** The work of a MEASURE job: runs PTMs on a task's samples and keeps what the metrics say of their outputs. */
export class MeasurePtms {
  constructor(
    private readonly dataSource: DataSource,
    private readonly samples: TaskSamples,
    private readonly network: RunNetwork,
    private readonly scorer: MetricScorer,
  ) {}

  /**
   * Safe to repeat: scores appear PTM by PTM, and what is there already is not measured again. A PTM that fails on the
   * samples gets the reason in place of its values, and the others go on. Of several attempts the latest alone writes.
   *
   * @throws what another attempt may mend; a fault of the archive ends in job FAILED instead
   */
  async run(jobId: string, signal: AbortSignal): Promise<void> {
    const attempt = await JobRun.begin(this.dataSource, jobId);
    if (attempt === undefined) return;
    try {
      if (await this.#measureAll(attempt, signal)) {
        await attempt.finish({ state: "COMPLETED" }, async () => undefined);
      }
    } catch (error) {
      const reason = permanentFailure(error);
      if (reason === undefined) throw error;
      await attempt.finish({ state: "FAILED", errorMessage: reason }, async () => undefined);
    }
  }

  /** @returns false if another attempt has taken over */
  async #measureAll(attempt: JobRun, signal: AbortSignal): Promise<boolean> {
    const { ptmIds, metrics } = attempt.job.request as MeasureRequest;
    const task = await this.dataSource.getRepository(Task).findOneByOrFail({ id: attempt.job.taskId! });
    let samples: LabelledImages | undefined;
    for (const [done, ptmId] of ptmIds.entries()) {
      signal.throwIfAborted();
      const pair = { taskId: task.id, ptmId };
      const missing = await missingMetrics(this.dataSource, pair, metrics);
      if (missing.length === 0) continue;
      samples ??= await this.#samples(task);
      const ptm = await this.dataSource.getRepository(Ptm).findOneByOrFail({ id: ptmId });
      const progress = async (share: number, stage: string): Promise<void> => {
        await attempt.progress((done + share) / ptmIds.length, `${stage} ${ptm.name}`);
      };
      const measured = await this.#measure(ptm, samples, missing, progress, signal);
      const kept = await attempt.advance((done + 1) / ptmIds.length, `measured ${ptm.name}`, (manager) =>
        keepScores(manager, pair, measured),
      );
      if (!kept) return false;
    }
    return true;
  }

  async #samples(task: Task): Promise<LabelledImages> {
    const samples = await this.samples.read(task.artifactSha256!);
    return selectSamples(samples, metricSample(samples.labels, samples.classNames.length));
  }

  async #measure(
    ptm: Ptm,
    samples: LabelledImages,
    metrics: readonly TransferabilityMetric[],
    progress: (share: number, stage: string) => Promise<void>,
    signal: AbortSignal,
  ): Promise<PairMeasurements> {
    try {
      const outputs = await outputsOf(
        this.network.run(ptm, samples, signal),
        Int32Array.from(samples.labels.keys()),
        async (batch) => {
          await progress(NETWORK_SHARE * batch.progress, "running");
          return true; // whether it is still ours is asked after each PTM
        },
      );
      await progress(NETWORK_SHARE, "measuring");
      const input = { ...outputs!.matrices, labels: samples.labels, classCount: samples.classNames.length };
      const measurements = await this.scorer.measure(input, metrics);
      return { measurements, sampleCount: samples.count, networkSeconds: outputs!.seconds };
    } catch (error) {
      const reason = permanentFailure(error);
      if (reason === undefined) throw error;
      const measurements = metrics.map((metric) => ({ metric, reason, seconds: 0 }));
      return { measurements, sampleCount: 0, networkSeconds: 0 };
    }
  }
}
