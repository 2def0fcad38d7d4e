import { Column, Entity, PrimaryColumn } from "typeorm";

/** The latest measurement of the time that a PTM takes, with what it depends on. */
@Entity("ptm_latency")
export class PtmLatency {
  @PrimaryColumn("uuid", { name: "ptm_id" })
  ptmId!: string;

  /** A sample. */
  @Column("double precision")
  milliseconds!: number;

  @Column("integer", { name: "batch_size" })
  batchSize!: number;

  /** How many batches it is the median of. */
  @Column("integer")
  batches!: number;

  @Column("text")
  provider!: string;

  @Column("integer")
  threads!: number;

  @Column("text")
  machine!: string;

  @Column("text", { name: "code_version" })
  codeVersion!: string;

  @Column("timestamptz", { name: "measured_at" })
  measuredAt!: Date;
}
