import { Column, CreateDateColumn, Entity, PrimaryColumn } from "typeorm";

/** One point of a training's curve. */
@Entity("spider_epoch")
export class SpiderEpoch {
  @PrimaryColumn("uuid", { name: "spider_id" })
  spiderId!: string;

  /** 1 is the first. */
  @PrimaryColumn("integer")
  epoch!: number;

  /** Mean over the epoch's steps. */
  @Column("double precision")
  loss!: number;

  /** Mean weighted tau on the validation tasks; null without any. */
  @Column("double precision", { name: "validation_tau", nullable: true })
  validationTau!: number | null;

  @CreateDateColumn({ type: "timestamptz", name: "created_at" })
  createdAt!: Date;
}
