import { Column, Entity, PrimaryColumn } from "typeorm";

/** One change: who made it, what it was made to, how that was before and after. Never updated or deleted. */
@Entity("audit_event")
export class AuditEvent {
  /** Of version 7: its order is that of the events. */
  @PrimaryColumn("uuid")
  id!: string;

  @Column("timestamptz", { default: () => "clock_timestamp()" })
  at!: Date;

  /** Name of the access key or of the command. */
  @Column("text")
  actor!: string;

  @Column("text")
  role!: string;

  @Column("uuid", { name: "key_id", nullable: true })
  keyId!: string | null;

  @Column("uuid", { name: "request_id", nullable: true })
  requestId!: string | null;

  /** Name of the mutation. */
  @Column("text")
  action!: string;

  /** Name of the API's type. */
  @Column("text", { name: "subject_type" })
  subjectType!: string;

  /** Of its row. */
  @Column("text", { name: "subject_id" })
  subjectId!: string;

  /** Null for what did not exist. */
  @Column("jsonb", { nullable: true })
  before!: object | null;

  @Column("jsonb", { nullable: true })
  after!: object | null;
}
