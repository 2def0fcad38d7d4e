import { Column, CreateDateColumn, Entity, PrimaryColumn } from "typeorm";

/** What a request gave that its caller had given a name, so that sending it again does nothing twice. */
@Entity("answered_request")
export class AnsweredRequest {
  /** Names are each caller's own. */
  @PrimaryColumn("text")
  caller!: string;

  @PrimaryColumn("text")
  key!: string;

  /** Digest of the mutation and its input: the same key with another request is a mistake. */
  @Column("text")
  fingerprint!: string;

  /** The rows of the answer by their names in the payload; never what was shown once, such as a secret. */
  @Column("jsonb")
  answer!: Readonly<Record<string, RowReference>>;

  @CreateDateColumn({ type: "timestamptz", name: "created_at" })
  createdAt!: Date;
}

export interface RowReference {
  readonly entity: string;
  readonly id: string;
}
