import { Column, CreateDateColumn, Entity, PrimaryColumn } from "typeorm";

import type { MetricName } from "../engine/transferability/registry.js";
import { METRICS } from "../engine/transferability/registry.js";

export const TRANSFERABILITY_METRICS = Object.keys(METRICS) as readonly MetricName[];
export type TransferabilityMetric = MetricName;

/** The value of a metric such as LogME for a (PTM, task) pair, or why it has none; one row a pair and metric. */
@Entity("transferability_score")
export class TransferabilityScore {
  @PrimaryColumn("uuid")
  id!: string;

  @Column("uuid", { name: "task_id" })
  taskId!: string;

  @Column("uuid", { name: "ptm_id" })
  ptmId!: string;

  @Column("text")
  metric!: TransferabilityMetric;

  /** Of the metrics' code: a row of an older version is measured again when it is asked for. */
  @Column("integer", { name: "metric_version" })
  metricVersion!: number;

  /** Larger is better; comparable on one task only. Null exactly where there is a reason. */
  @Column("double precision", { nullable: true })
  value!: number | null;

  /** Why the metric is undefined for the pair. */
  @Column("text", { nullable: true })
  reason!: string | null;

  /** How many samples of the task it was computed from; 0 if the PTM failed on them: asking again runs it again. */
  @Column("integer", { name: "sample_count" })
  sampleCount!: number;

  /** Own time of the metric. */
  @Column("double precision")
  seconds!: number;

  /** What running the PTM on the samples took, for all scores of that run together. */
  @Column("double precision", { name: "network_seconds" })
  networkSeconds!: number;

  @CreateDateColumn({ type: "timestamptz", name: "created_at" })
  createdAt!: Date;
}
