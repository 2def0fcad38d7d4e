import { Column, CreateDateColumn, Entity, PrimaryColumn } from "typeorm";

import { bigInteger } from "./big-integer.js";

/** An immutable file addressed by its SHA-256; the bytes lie in the artifact store. */
@Entity("artifact")
export class Artifact {
  @PrimaryColumn("text")
  sha256!: string;

  @Column("bigint", { name: "size_bytes", transformer: bigInteger })
  sizeBytes!: number;

  @CreateDateColumn({ type: "timestamptz", name: "created_at" })
  createdAt!: Date;
}
