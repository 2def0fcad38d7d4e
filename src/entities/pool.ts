import { Column, CreateDateColumn, Entity, PrimaryColumn } from "typeorm";

import type { MetricName } from "../engine/transferability/registry.js";
import type { PtmSignature } from "../engine/tokens/signature.js";

export const POOL_STATUSES = ["MEASURING", "READY", "FAILED", "CANCELLED"] as const;
export type PoolStatus = (typeof POOL_STATUSES)[number];

/** Labelled samples of several sources that training tasks are drawn from. */
@Entity("pool")
export class Pool {
  @PrimaryColumn("uuid")
  id!: string;

  @Column("text")
  name!: string;

  @Column("text")
  status!: PoolStatus;

  @Column("text", { name: "status_reason", nullable: true })
  statusReason!: string | null;

  @Column("text", { name: "encoder_sha256" })
  encoderSha256!: string;

  @Column("jsonb", { name: "encoder_signature" })
  encoderSignature!: PtmSignature;

  /** T, the training tasks that every PTM is scored on. */
  @Column("integer", { name: "task_count" })
  taskCount!: number;

  /** Draws the training tasks. */
  @Column("integer", { name: "task_seed" })
  taskSeed!: number;

  @Column("text", { array: true })
  metrics!: MetricName[];

  /** Of a class of a source with more samples this many are drawn; null: all are taken. */
  @Column("integer", { name: "samples_per_class", nullable: true })
  samplesPerClass!: number | null;

  /** The file that archives/training-pool.ts reads: what all PTMs have in common, and perhaps some PTMs; null until measured. */
  @Column("text", { name: "file_sha256", nullable: true })
  fileSha256!: string | null;

  /** What makes two pools the same. */
  @Column("text", { name: "content_sha256" })
  contentSha256!: string;

  @Column("text", { name: "created_by" })
  createdBy!: string;

  @CreateDateColumn({ type: "timestamptz", name: "created_at" })
  createdAt!: Date;
}
