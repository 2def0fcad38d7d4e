import { type DataSource, type EntityManager, In, LessThan, MoreThan } from "typeorm";
import { v7 as uuid } from "uuid";

import type { Measurement } from "../../engine/runtime/metric-scorer.worker.js";
import { METRICS_VERSION } from "../../engine/transferability/metrics-version.js";
import { type TransferabilityMetric, TransferabilityScore } from "../../entities/transferability-score.js";

/** A (PTM, task) pair. */
export interface Pair {
  readonly taskId: string;
  readonly ptmId: string;
}

/** What was measured of a pair in one run of the PTM. */
export interface PairMeasurements {
  readonly measurements: readonly Measurement[];
  /** 0 if the run failed: the reasons are then those of the failure. */
  readonly sampleCount: number;
  readonly networkSeconds: number;
}

/** A message of a failed network may be as long as its author likes. */
const LONGEST_REASON = 2000;

/**
 * Those of the given metrics that a pair has no score of, by the present version of the metrics; in the given order. A run
 * that failed counts as none: a time limit may hold on a quieter machine.
 */
export async function missingMetrics(
  dataSource: DataSource,
  pair: Pair,
  metrics: readonly TransferabilityMetric[],
): Promise<TransferabilityMetric[]> {
  const scores = await dataSource
    .getRepository(TransferabilityScore)
    .findBy({ ...pair, metric: In([...metrics]), metricVersion: METRICS_VERSION, sampleCount: MoreThan(0) });
  const known = new Set(scores.map(({ metric }) => metric));
  return metrics.filter((metric) => !known.has(metric));
}

/**
 * Writes down what was measured, in the caller's transaction. Scores of an older version of the metrics and of failed runs
 * are replaced; others stay, so that a repeated measurement changes nothing.
 */
export async function keepScores(
  manager: EntityManager,
  { taskId, ptmId }: Pair,
  { measurements, sampleCount, networkSeconds }: PairMeasurements,
): Promise<void> {
  const scores = measurements.map((measurement) => ({
    id: uuid(),
    taskId,
    ptmId,
    metric: measurement.metric,
    metricVersion: METRICS_VERSION,
    value: "value" in measurement ? measurement.value : null,
    reason: "reason" in measurement ? measurement.reason.slice(0, LONGEST_REASON) : null,
    sampleCount,
    seconds: measurement.seconds,
    networkSeconds,
  }));
  const same = { taskId, ptmId, metric: In(scores.map(({ metric }) => metric)) };
  await manager.delete(TransferabilityScore, { ...same, metricVersion: LessThan(METRICS_VERSION) });
  await manager.delete(TransferabilityScore, { ...same, sampleCount: 0 });
  await manager.createQueryBuilder().insert().into(TransferabilityScore).values(scores).orIgnore().execute();
}
