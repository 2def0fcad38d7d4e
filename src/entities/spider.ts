import { Column, CreateDateColumn, Entity, PrimaryColumn } from "typeorm";

import type { MeanQuality, TaskQuality } from "../engine/evaluation/evaluate-rankers.js";
import type { MergePolicy } from "../engine/ranking/merge-reranked.js";
import type { PtmSignature } from "../engine/tokens/signature.js";

export const SPIDER_STATUSES = ["TRAINING", "READY", "FAILED", "CANCELLED"] as const;
export type SpiderStatus = (typeof SPIDER_STATUSES)[number];

/** What was known of a spider when its training ended. */
export interface SpiderEvaluation {
  /**
   * Who says so, in the words of the files that the spider came with; nothing of it was checked here. Null or absent where this
   * registry measured it itself.
   */
  readonly claimedBy?: string | null;
  /** Mean weighted tau of the coarse ranking on the validation tasks, against the approximated performance; null without any. */
  readonly validationTau: number | null;
  /** How many PTMs to run and how to merge them did best on the validation tasks; null without any. */
  readonly rerankTopK: number | null;
  readonly mergePolicy: MergePolicy | null;
  /** Tasks with outcomes that it did not learn from, newest first. */
  readonly tasks: readonly string[];
  readonly rankers: readonly EvaluatedRanker[];
}

/** Means with their intervals over the tasks that the ranker has an answer for; null without any. */
export interface EvaluatedRanker extends Nullable<MeanQuality> {
  readonly ranker: string;
  /** Those of the evaluation's tasks that the ranker could answer for. */
  readonly taskCount: number;
  /** All of the evaluation's tasks, newest first; absent in evaluations of before 2026-11-25. */
  readonly tasks?: readonly EvaluatedTask[];
}

/** A ranker on one task; its quality is null where it has no answer. */
export interface EvaluatedTask extends Nullable<TaskQuality> {
  /** The task's; in a claim, which knows tasks by name alone, one that no task has. */
  readonly id: string;
  readonly name: string;
  /** Why the ranker has no answer; null where it has one. */
  readonly missing: string | null;
}

type Nullable<T> = { readonly [Key in keyof T]: T[Key] | null };

/** The learned estimator with its version. Immutable once it is READY, but for `active`; at most one row is active. */
@Entity("spider")
export class Spider {
  @PrimaryColumn("uuid")
  id!: string;

  @Column("integer")
  version!: number;

  @Column("boolean")
  active!: boolean;

  /** d, the width of a PTM token. */
  @Column("integer")
  width!: number;

  @Column("text")
  status!: SpiderStatus;

  @Column("text", { name: "status_reason", nullable: true })
  statusReason!: string | null;

  /** Null unless it is READY. */
  @Column("text", { name: "snapshot_sha256", nullable: true })
  snapshotSha256!: string | null;

  /** The JSON manifest that came with the snapshot; null unless it is READY. */
  @Column("jsonb", { nullable: true })
  manifest!: unknown;

  /** How it did on tasks with outcomes when its training ended; null for one that came without. */
  @Column("jsonb", { nullable: true })
  evaluation!: SpiderEvaluation | null;

  @Column("text", { name: "encoder_sha256" })
  encoderSha256!: string;

  @Column("integer", { name: "encoder_width" })
  encoderWidth!: number;

  @Column("jsonb", { name: "encoder_signature" })
  encoderSignature!: PtmSignature;

  @CreateDateColumn({ type: "timestamptz", name: "created_at" })
  createdAt!: Date;
}
