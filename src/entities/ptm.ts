import { Column, CreateDateColumn, Entity, PrimaryColumn } from "typeorm";

import type { PtmSignature } from "../engine/tokens/signature.js";
import { bigInteger } from "./big-integer.js";

export const PTM_STATUSES = ["REGISTERED", "INSPECTING", "TOKENIZING", "READY", "FAILED", "RETIRED"] as const;
export type PtmStatus = (typeof PTM_STATUSES)[number];

export const MODALITIES = ["IMAGE"] as const;
export type Modality = (typeof MODALITIES)[number];

/** A pre-trained model: one fixed set of weights. New weights under the same name are a new version. */
@Entity("ptm")
export class Ptm {
  @PrimaryColumn("uuid")
  id!: string;

  @Column("text")
  name!: string;

  @Column("integer")
  version!: number;

  @Column("text")
  status!: PtmStatus;

  @Column("text", { name: "status_reason", nullable: true })
  statusReason!: string | null;

  @Column("text", { nullable: true })
  architecture!: string | null;

  @Column("text", { nullable: true })
  license!: string | null;

  @Column("text")
  modality!: Modality;

  @Column("text", { array: true })
  tags!: string[];

  @Column("text", { nullable: true })
  card!: string | null;

  @Column("jsonb")
  signature!: PtmSignature;

  @Column("text", { name: "artifact_sha256" })
  artifactSha256!: string;

  @Column("bigint", { name: "size_bytes", transformer: bigInteger })
  sizeBytes!: number;

  @Column("bigint", { name: "parameter_count", transformer: bigInteger })
  parameterCount!: number;

  /** Multiply-accumulate operations for one image; null while or where they are not known. */
  @Column("bigint", { nullable: true, transformer: bigInteger })
  macs!: number | null;

  /** Why they cannot be known; null where they are, or were not counted yet. */
  @Column("text", { name: "macs_reason", nullable: true })
  macsReason!: string | null;

  /** Width of `features`; null until the network was run once. */
  @Column("integer", { name: "feature_width", nullable: true })
  featureWidth!: number | null;

  /** Whether it is the newest version of its name. */
  @Column("boolean", { default: true })
  latest!: boolean;

  /** Names that move from version to version, such as `production`; each belongs to at most one version of a name. */
  @Column("text", { array: true, default: [] })
  aliases!: string[];

  /** The PTM whose weights it was made from. */
  @Column("uuid", { name: "base_ptm_id", nullable: true })
  basePtmId!: string | null;

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
