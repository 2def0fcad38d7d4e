import { Column, CreateDateColumn, Entity, PrimaryColumn } from "typeorm";

export const JOB_KINDS = [
  "TOKENIZE_TASK",
  "TOKENIZE_PTM",
  "MEASURE",
  "RERANK",
  "RUN_PTM",
  "MEASURE_POOL",
  "TRAIN",
  "IMPORT_PTM",
] as const;
export type JobKind = (typeof JOB_KINDS)[number];

export const JOB_STATES = ["QUEUED", "RUNNING", "COMPLETED", "FAILED", "CANCELLED"] as const;
export type JobState = (typeof JOB_STATES)[number];

/** Background work as people see it; the queue's own tables say when it runs. */
@Entity("job")
export class Job {
  @PrimaryColumn("uuid")
  id!: string;

  @Column("text")
  kind!: JobKind;

  @Column("text")
  state!: JobState;

  /** 0 to 1 */
  @Column("double precision")
  progress!: number;

  @Column("text", { nullable: true })
  stage!: string | null;

  /** How often a worker took the job up. Also its fence: a worker writes only while this is still its own number. */
  @Column("integer")
  attempts!: number;

  /** How many attempts threw, other than for a fault of the machine. */
  @Column("integer", { default: 0 })
  failures!: number;

  @Column("text", { name: "error_message", nullable: true })
  errorMessage!: string | null;

  @Column("uuid", { name: "task_id", nullable: true })
  taskId!: string | null;

  @Column("uuid", { name: "ptm_id", nullable: true })
  ptmId!: string | null;

  /** Of a RERANK job: the ranking that it completes. */
  @Column("uuid", { name: "ranking_id", nullable: true })
  rankingId!: string | null;

  /** Of a MEASURE_POOL job: the pool. */
  @Column("uuid", { name: "pool_id", nullable: true })
  poolId!: string | null;

  /** Of a TRAIN job: the spider. */
  @Column("uuid", { name: "spider_id", nullable: true })
  spiderId!: string | null;

  /** Larger goes first. */
  @Column("integer")
  priority!: number;

  /** What was asked for, where the links above do not say it: a kind's own shape. */
  @Column("jsonb", { nullable: true })
  request!: object | null;

  @CreateDateColumn({ type: "timestamptz", name: "created_at" })
  createdAt!: Date;

  @Column("timestamptz", { name: "started_at", nullable: true })
  startedAt!: Date | null;

  @Column("timestamptz", { name: "finished_at", nullable: true })
  finishedAt!: Date | null;
}
