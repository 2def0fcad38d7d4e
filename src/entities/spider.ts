import { Column, CreateDateColumn, Entity, PrimaryColumn } from "typeorm";

import type { PtmSignature } from "../engine/tokens/signature.js";

/** The learned estimator with its version. Immutable but for `active`; at most one row is active. */
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

  @Column("text", { name: "snapshot_sha256" })
  snapshotSha256!: string;

  /** The JSON manifest that came with the snapshot. */
  @Column("jsonb")
  manifest!: unknown;

  @Column("text", { name: "encoder_sha256" })
  encoderSha256!: string;

  @Column("integer", { name: "encoder_width" })
  encoderWidth!: number;

  @Column("jsonb", { name: "encoder_signature" })
  encoderSignature!: PtmSignature;

  @CreateDateColumn({ type: "timestamptz", name: "created_at" })
  createdAt!: Date;
}
