import { Column, Entity, PrimaryColumn } from "typeorm";

import { float32Vector } from "./float32-vector.js";

/** How a PTM sees the probe images: the inner product of two is the debiased CKA of the PTMs. */
@Entity("ptm_fingerprint")
export class PtmFingerprint {
  @PrimaryColumn("uuid", { name: "ptm_id" })
  ptmId!: string;

  /** A unit vector, see engine/tokens/fingerprint.ts. */
  @Column("bytea", { transformer: float32Vector })
  vector!: Float32Array;

  /** In the order in which they were written; the database gives it. */
  @Column({ type: "bigint", insert: false, update: false, select: false })
  place!: string;
}
