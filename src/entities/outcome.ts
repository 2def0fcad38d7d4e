import { Column, CreateDateColumn, Entity, PrimaryColumn } from "typeorm";

export const OUTCOME_PROTOCOLS = ["FULL_FINE_TUNE", "LINEAR_PROBE"] as const;
export type OutcomeProtocol = (typeof OUTCOME_PROTOCOLS)[number];

/** Measured performance of a PTM on a task; one row per measurement (metric, protocol, split, seed). */
@Entity("outcome")
export class Outcome {
  @PrimaryColumn("uuid")
  id!: string;

  @Column("uuid", { name: "task_id" })
  taskId!: string;

  @Column("uuid", { name: "ptm_id" })
  ptmId!: string;

  @Column("text")
  metric!: string;

  /** Larger is better. */
  @Column("double precision")
  value!: number;

  @Column("text")
  protocol!: OutcomeProtocol;

  @Column("text")
  split!: string;

  @Column("integer")
  seed!: number;

  @Column("text", { name: "evidence_url", nullable: true })
  evidenceUrl!: string | null;

  @Column("text", { name: "reported_by" })
  reportedBy!: string;

  @Column("timestamptz", { name: "verified_at", nullable: true })
  verifiedAt!: Date | null;

  @Column("text", { name: "verified_by", nullable: true })
  verifiedBy!: string | null;

  @Column("timestamptz", { name: "withdrawn_at", nullable: true })
  withdrawnAt!: Date | null;

  @Column("text", { name: "withdrawn_by", nullable: true })
  withdrawnBy!: string | null;

  @Column("text", { name: "withdrawal_reason", nullable: true })
  withdrawalReason!: string | null;

  /** Whether a curator has checked it; the database derives it. */
  @Column({ type: "boolean", insert: false, update: false })
  verified!: boolean;

  /** Whether it counts no more; the database derives it. */
  @Column({ type: "boolean", insert: false, update: false })
  withdrawn!: boolean;

  @CreateDateColumn({ type: "timestamptz", name: "created_at" })
  createdAt!: Date;
}
