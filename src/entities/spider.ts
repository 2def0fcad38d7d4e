import { Column, CreateDateColumn, Entity, PrimaryColumn } from "typeorm";

import type { Estimate } from "../engine/evaluation/bootstrap.js";
import type { MergePolicy } from "../engine/ranking/merge-reranked.js";
import type { PtmSignature } from "../engine/tokens/signature.js";

export const SPIDER_STATUSES = ["TRAINING", "READY", "FAILED", "CANCELLED"] as const;
export type SpiderStatus = (typeof SPIDER_STATUSES)[number];

/** What was known of a spider when its training ended. */
export interface SpiderEvaluation {
  /** Mean weighted tau of the coarse ranking on the validation tasks, against the approximated performance; null without any. */
  readonly validationTau: number | null;
  /** How many PTMs to run and how to merge them did best on the validation tasks; null without any. */
  readonly rerankTopK: number | null;
  readonly mergePolicy: MergePolicy | null;
  /** Tasks with outcomes that it did not learn from. */
  readonly tasks: readonly string[];
  readonly rankers: readonly EvaluatedRanker[];
}

/** Means over tasks with their intervals. */
export interface EvaluatedRanker {
  readonly ranker: string;
  /** Those of the evaluation's tasks that the ranker could answer for. */
  readonly taskCount: number;
  readonly tauW: Estimate | null;
  readonly regret1: Estimate;
  readonly regret3: Estimate;
  readonly hit3: Estimate;
  readonly forwardPasses: number;
  readonly seconds: number;
}

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

  /** How it did on tasks with outcomes when its training ended; null for one that was trained elsewhere. */
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
