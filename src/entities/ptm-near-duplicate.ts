import { Column, Entity, PrimaryColumn } from "typeorm";

/** A PTM whose features nearly agree with another's; the other has a row of its own. */
@Entity("ptm_near_duplicate")
export class PtmNearDuplicate {
  @PrimaryColumn("uuid", { name: "ptm_id" })
  ptmId!: string;

  @PrimaryColumn("uuid", { name: "other_id" })
  otherId!: string;

  /** The debiased CKA of the two on the probe images. */
  @Column("double precision")
  similarity!: number;
}
