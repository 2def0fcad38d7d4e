import { Column, Entity, PrimaryColumn } from "typeorm";

import { float32Vector } from "./float32-vector.js";

/** How a spider reads the features of a PTM that joined it after its training; the others' projections are in the snapshot. */
@Entity("ptm_projection")
export class PtmProjection {
  /** The PTM token that was learned with it. */
  @PrimaryColumn("uuid", { name: "token_id" })
  tokenId!: string;

  /** d_m, the PTM's features. */
  @Column("integer")
  width!: number;

  /** [d, d_m], row-major */
  @Column("bytea", { transformer: float32Vector })
  weight!: Float32Array;

  /** [d] */
  @Column("bytea", { transformer: float32Vector })
  bias!: Float32Array;
}
