import { Column, CreateDateColumn, Entity, PrimaryColumn } from "typeorm";

import { float32Vector } from "./float32-vector.js";

/** The class centres of a task in the feature space of one PTM that was run on it. */
@Entity("specific_token")
export class SpecificToken {
  @PrimaryColumn("uuid")
  id!: string;

  @Column("uuid", { name: "task_id" })
  taskId!: string;

  @Column("uuid", { name: "ptm_id" })
  ptmId!: string;

  @Column("integer", { name: "class_count" })
  classCount!: number;

  @Column("integer")
  width!: number;

  /** [classCount, width], row-major */
  @Column("bytea", { transformer: float32Vector })
  vectors!: Float32Array;

  /** SHA-256 of the vectors' bytes. */
  @Column("text")
  digest!: string;

  /** Of the program that computed it; null for rows that are older than this column. */
  @Column("text", { name: "code_version", nullable: true })
  codeVersion!: string | null;

  @CreateDateColumn({ type: "timestamptz", name: "created_at" })
  createdAt!: Date;
}
