import { Column, CreateDateColumn, Entity, PrimaryColumn } from "typeorm";

import type { MergePolicy } from "../engine/ranking/merge-reranked.js";
import { bigInteger } from "./big-integer.js";

export const RANKING_STAGES = ["COARSE", "RERANKING", "RERANKED", "CANCELLED", "FAILED"] as const;
export type RankingStage = (typeof RANKING_STAGES)[number];

/** How good a ranking is, where outcomes on the task are known. */
export interface RankingQuality {
  /** Vigna's weighted tau, outcomes first, rank=None; null where it is undefined (fewer than two outcomes, or all equal). */
  readonly weightedTau: number | null;
  /** In points, outcomes being fractions. */
  readonly regretAt1: number;
}

/** What a ranking rests on and what it cost. */
export interface RankingEvidence {
  /** PTMs that were run on the task's samples for this ranking. */
  readonly forwardPasses: number;
  /** What these runs took together, each in its sandbox; null where none was needed. */
  readonly forwardSeconds: number | null;
  /** PTMs whose run for an earlier ranking of the task served again. */
  readonly runsReused: number;
  /** From the question to the answer. */
  readonly seconds: number;
  /** How the PTMs that were run were put among the others; null where none was. */
  readonly mergePolicy: MergePolicy | null;
  /** PTMs of the ranked zoo with a known outcome on the task. */
  readonly outcomeCount: number;
  readonly spider: RankingQuality | null;
  readonly static: RankingQuality | null;
}

/** A ranking that somebody kept: the order of the zoo for a task as one spider saw it at one time. */
@Entity("ranking")
export class Ranking {
  @PrimaryColumn("uuid")
  id!: string;

  @Column("uuid", { name: "task_id" })
  taskId!: string;

  @Column("uuid", { name: "spider_id" })
  spiderId!: string;

  @Column("text")
  stage!: RankingStage;

  /** Digest of everything the answer follows from: equal receipts, equal rankings. */
  @Column("text")
  receipt!: string;

  @Column("integer", { name: "zoo_size" })
  zooSize!: number;

  /** How many PTMs a re-ranking runs; null for a coarse ranking. */
  @Column("integer", { name: "top_k", nullable: true })
  topK!: number | null;

  /** Digest of what was asked: of equal re-rankings only one runs at a time. */
  @Column("text", { name: "request_key", nullable: true })
  requestKey!: string | null;

  /** The receipt of the coarse ranking that a re-ranking began with. */
  @Column("text", { name: "coarse_receipt", nullable: true })
  coarseReceipt!: string | null;

  /** When a re-ranking completes with what it has. */
  @Column("timestamptz", { name: "deadline_at", nullable: true })
  deadlineAt!: Date | null;

  /** Counts the steps of a re-ranking; a step is written only over the one that it was computed from. */
  @Column("integer")
  revision!: number;

  @Column("jsonb", { nullable: true })
  evidence!: RankingEvidence | null;

  /** Why a re-ranking could not be completed. */
  @Column("text", { nullable: true })
  failure!: string | null;

  @Column("timestamptz", { name: "finished_at", nullable: true })
  finishedAt!: Date | null;

  /** Grows in the order in which the ends of re-rankings become visible. */
  @Column("bigint", { name: "finished_order", nullable: true, transformer: bigInteger })
  finishedOrder!: number | null;

  @Column("text", { name: "created_by" })
  createdBy!: string;

  @CreateDateColumn({ type: "timestamptz", name: "created_at" })
  createdAt!: Date;
}
