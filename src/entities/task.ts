import { Column, CreateDateColumn, Entity, PrimaryColumn } from "typeorm";

export const TASK_KINDS = ["CLASSIFICATION"] as const;
export type TaskKind = (typeof TASK_KINDS)[number];

export const TASK_STATUSES = ["TOKENIZING", "READY", "FAILED", "RETIRED"] as const;
export type TaskStatus = (typeof TASK_STATUSES)[number];

/** Labelled data for which somebody wants a PTM. Other data under the same name are a new version. */
@Entity("task")
export class Task {
  @PrimaryColumn("uuid")
  id!: string;

  @Column("text")
  name!: string;

  @Column("integer")
  version!: number;

  @Column("text")
  kind!: TaskKind;

  @Column("text")
  status!: TaskStatus;

  @Column("text", { name: "status_reason", nullable: true })
  statusReason!: string | null;

  /** In label order. */
  @Column("text", { array: true })
  classes!: string[];

  /** 0 for a private task, which brings class centres alone. */
  @Column("integer", { name: "sample_count" })
  sampleCount!: number;

  /** What makes two tasks the same: the archive's SHA-256, or that of the class centres. */
  @Column("text", { name: "content_sha256" })
  contentSha256!: string;

  /** Null for a private task. */
  @Column("text", { name: "artifact_sha256", nullable: true })
  artifactSha256!: string | null;

  /** Whether it is the newest version of its name. */
  @Column("boolean", { default: true })
  latest!: boolean;

  @Column("timestamptz", { name: "retired_at", nullable: true })
  retiredAt!: Date | null;

  @Column("text", { name: "retirement_reason", nullable: true })
  retirementReason!: string | null;

  /** What to take in place of a retired one. */
  @Column("uuid", { name: "successor_id", nullable: true })
  successorId!: string | null;

  /** Its words, which the database derives; for conditions, never read. */
  @Column({ type: "tsvector", select: false, insert: false, update: false })
  search!: never;

  @Column("text", { name: "created_by" })
  createdBy!: string;

  @CreateDateColumn({ type: "timestamptz", name: "created_at" })
  createdAt!: Date;
}
