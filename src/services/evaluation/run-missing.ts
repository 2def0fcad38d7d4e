import type { DataSource } from "typeorm";

import type { LabelledImages } from "../../archives/labelled-images.js";
import type { MetricScorer } from "../../engine/runtime/metric-scorer.js";
import { ClassCentreAccumulator } from "../../engine/tokens/class-centres.js";
import type { Ptm } from "../../entities/ptm.js";
import { SpecificToken } from "../../entities/specific-token.js";
import type { Task } from "../../entities/task.js";
import { TRANSFERABILITY_METRICS, type TransferabilityMetric } from "../../entities/transferability-score.js";
import { permanentFailure } from "../background/permanent-failure.js";
import { keepScores, missingMetrics, type Pair } from "../tokens/keep-scores.js";
import { metricSample } from "../tokens/metric-sample.js";
import { outputsOf } from "../tokens/network-outputs.js";
import type { RunNetwork } from "../tokens/run-network.js";
import { storeSpecificToken } from "../tokens/store-specific-token.js";
import type { TaskSamples } from "../tokens/task-samples.js";

/** An evaluation runs PTMs for so long; a training shall not wait for hours for what it stands beside. */
export const RUN_SECONDS = 900;

/** Runs PTMs on tasks for an evaluation: all that the registry lacks of what re-ranking and every metric need. */
export class RunMissing {
  constructor(
    private readonly dataSource: DataSource,
    private readonly samples: TaskSamples,
    private readonly network: RunNetwork,
    private readonly scorer: MetricScorer,
  ) {}

  /**
   * Safe to repeat: specific token and scores of a pair are kept as soon as they are there, and what is there is not run
   * again. A run that fails keeps the reason in place of the scores. Private tasks have no samples and are left out.
   *
   * @param tell told how far it is, 0 to 1; answering false stops the work
   * @returns false if it was stopped; true also when the time is used up
   * @throws what another attempt may mend; the signal's reason
   */
  async run(
    tasks: readonly Task[],
    ptms: readonly Ptm[],
    tell: (share: number, stage: string) => Promise<boolean>,
    signal: AbortSignal,
  ): Promise<boolean> {
    const end = performance.now() + 1000 * RUN_SECONDS;
    const open = tasks.filter(({ sampleCount }) => sampleCount > 0);
    for (const [t, task] of open.entries()) {
      let samples: LabelledImages | undefined;
      for (const [p, ptm] of ptms.entries()) {
        signal.throwIfAborted();
        if (performance.now() > end) return true;
        const pair = { taskId: task.id, ptmId: ptm.id };
        const metrics = await missingMetrics(this.dataSource, pair, TRANSFERABILITY_METRICS);
        const wasRun = await this.dataSource.getRepository(SpecificToken).existsBy(pair);
        if (wasRun && metrics.length === 0) continue;
        const share = (t + p / ptms.length) / open.length;
        if (!(await tell(share, `running ${ptm.name} on ${task.name}`))) return false;
        samples ??= await this.samples.read(task.artifactSha256!);
        await this.#runOnce(pair, ptm, samples, metrics, signal);
      }
    }
    return true;
  }

  async #runOnce(
    pair: Pair,
    ptm: Ptm,
    samples: LabelledImages,
    metrics: readonly TransferabilityMetric[],
    signal: AbortSignal,
  ): Promise<void> {
    const classCount = samples.classNames.length;
    const positions = metricSample(samples.labels, classCount);
    const labels = positions.map((position) => samples.labels[position]!);
    let centres: ClassCentreAccumulator | undefined;
    try {
      const outputs = await outputsOf(this.network.run(ptm, samples, signal), positions, async (batch) => {
        centres ??= new ClassCentreAccumulator(classCount, batch.features.columns);
        centres.add(batch.features, batch.labels);
        return true;
      });
      const { matrices, seconds: networkSeconds } = outputs!;
      const measurements = await this.scorer.measure({ ...matrices, labels, classCount }, metrics);
      await this.dataSource.transaction(async (manager) => {
        await storeSpecificToken(manager, pair, centres!.finish());
        await keepScores(manager, pair, { measurements, sampleCount: labels.length, networkSeconds });
      });
    } catch (error) {
      const reason = permanentFailure(error);
      if (reason === undefined) throw error;
      const measurements = metrics.map((metric) => ({ metric, reason, seconds: 0 }));
      await this.dataSource.transaction((manager) =>
        keepScores(manager, pair, { measurements, sampleCount: 0, networkSeconds: 0 }),
      );
    }
  }
}
