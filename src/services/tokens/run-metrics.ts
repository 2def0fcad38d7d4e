import type { MetricScorer } from "../../engine/runtime/metric-scorer.js";
import type { MetricInput } from "../../engine/transferability/metric.js";
import type { TransferabilityMetric } from "../../entities/transferability-score.js";
import type { PairMeasurements } from "./keep-scores.js";

/**
 * The metrics of every run of a PTM: those whose orders together agree best with outcomes (README, Results), and cheap
 * beside the run itself.
 */
export const RUN_METRICS = [
  "H_SCORE_SHRINKAGE",
  "LOG_ME",
  "K_NN",
] as const satisfies readonly TransferabilityMetric[];

/**
 * What these metrics say of one run. It never fails: the specific token is there, and a defect of a metric must not keep it
 * from its ranking. The reason then stands in place of the values, as for a run that failed.
 */
export async function runMetrics(
  scorer: MetricScorer,
  input: MetricInput,
  networkSeconds: number,
): Promise<PairMeasurements> {
  try {
    const measurements = await scorer.measure(input, RUN_METRICS);
    return { measurements, sampleCount: input.labels.length, networkSeconds };
  } catch (error) {
    const reason = `The metrics could not be computed: ${(error as Error).message}`;
    const measurements = RUN_METRICS.map((metric) => ({ metric, reason, seconds: 0 }));
    return { measurements, sampleCount: 0, networkSeconds };
  }
}
