import { Column, Entity, PrimaryColumn } from "typeorm";

/** One line of a kept ranking. */
@Entity("ranking_entry")
export class RankingEntry {
  @PrimaryColumn("uuid", { name: "ranking_id" })
  rankingId!: string;

  /** 1 is best. */
  @PrimaryColumn("integer")
  rank!: number;

  @Column("uuid", { name: "ptm_id" })
  ptmId!: string;

  @Column("double precision")
  fitness!: number;

  @Column("integer", { name: "coarse_rank" })
  coarseRank!: number;

  /** The spider's score from tokens alone; equals `fitness` unless `reranked`. */
  @Column("double precision", { name: "coarse_fitness" })
  coarseFitness!: number;

  /** Null where no outcome of this PTM on another task is known. */
  @Column("integer", { name: "static_rank", nullable: true })
  staticRank!: number | null;

  /** Whether `fitness` rests on a run of the PTM on the task. */
  @Column("boolean")
  reranked!: boolean;

  /** The run that the re-ranking waits or waited for; null where none was needed. */
  @Column("uuid", { name: "job_id", nullable: true })
  jobId!: string | null;

  /** Why a PTM that was to be run was not. */
  @Column("text", { nullable: true })
  failure!: string | null;
}
