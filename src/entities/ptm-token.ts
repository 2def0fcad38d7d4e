import { Column, CreateDateColumn, Entity, PrimaryColumn } from "typeorm";

import { float32Vector } from "./float32-vector.js";

/** The learned vector that summarises a PTM for one spider. */
@Entity("ptm_token")
export class PtmToken {
  @PrimaryColumn("uuid")
  id!: string;

  @Column("uuid", { name: "ptm_id" })
  ptmId!: string;

  @Column("uuid", { name: "spider_id" })
  spiderId!: string;

  @Column("integer")
  width!: number;

  /** [width] */
  @Column("bytea", { transformer: float32Vector })
  vector!: Float32Array;

  /** SHA-256 of the vector's bytes. */
  @Column("text")
  digest!: string;

  /** Of the program that computed it; null for rows that are older than this column. */
  @Column("text", { name: "code_version", nullable: true })
  codeVersion!: string | null;

  @CreateDateColumn({ type: "timestamptz", name: "created_at" })
  createdAt!: Date;
}
