import { Column, CreateDateColumn, Entity, PrimaryColumn } from "typeorm";

/** What a spider learns or learned from, fixed when its training was asked for, and how far it has come. */
@Entity("spider_training")
export class SpiderTraining {
  @PrimaryColumn("uuid", { name: "spider_id" })
  spiderId!: string;

  @Column("uuid", { name: "pool_id" })
  poolId!: string;

  /** Every field, so that later defaults change nothing. */
  @Column("jsonb")
  recipe!: object;

  /** The PTMs by their weights, as they were measured on the pool. */
  @Column("text", { name: "ptm_sha256", array: true })
  ptmSha256!: string[];

  /** Measured outcomes on sources of the pool that are tasks. */
  @Column("jsonb")
  outcomes!: readonly SourceOutcomes[];

  /** Where to go on after the worker died; null before the first epoch and once the training is over. */
  @Column("bytea", { nullable: true, select: false })
  checkpoint!: Buffer | null;

  @Column("integer", { name: "checkpoint_epoch" })
  checkpointEpoch!: number;

  @Column("text", { name: "created_by" })
  createdBy!: string;

  /** Digest of what was asked: an equal training that is under way is joined. */
  @Column("text", { name: "request_key" })
  requestKey!: string;

  @CreateDateColumn({ type: "timestamptz", name: "created_at" })
  createdAt!: Date;
}

/** Outcomes on one source of a pool, by the PTM's weights. */
export interface SourceOutcomes {
  readonly source: number;
  readonly values: Readonly<Record<string, number>>;
}
