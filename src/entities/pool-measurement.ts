import { Column, CreateDateColumn, Entity, PrimaryColumn } from "typeorm";

import { nullableFloat32Vector } from "./float32-vector.js";

/** What a PTM gave for the samples of a pool that are at hand. */
@Entity("pool_measurement")
export class PoolMeasurement {
  @PrimaryColumn("uuid", { name: "pool_id" })
  poolId!: string;

  /** The PTM by its weights: they are measured once, whatever PTMs come and go. */
  @PrimaryColumn("text", { name: "ptm_sha256" })
  ptmSha256!: string;

  /** The file that archives/pool-features.ts reads. */
  @Column("text", { name: "features_sha256" })
  featuresSha256!: string;

  /**
   * [task_count, metrics], NaN for training tasks with samples that are not at hand, -Infinity where a metric is undefined;
   * null until computed.
   */
  @Column("bytea", { nullable: true, transformer: nullableFloat32Vector })
  scores!: Float32Array | null;

  @CreateDateColumn({ type: "timestamptz", name: "created_at" })
  createdAt!: Date;
}
