import { Column, CreateDateColumn, Entity, PrimaryColumn } from "typeorm";

/** What webhooks can be told of; triggers of the migrations write all but PING. */
export const WEBHOOK_EVENTS = [
  "PTM_ADDED",
  "PTM_READY",
  "PTM_FAILED",
  "PTM_RETIRED",
  "PTM_ALIAS_MOVED",
  "TASK_READY",
  "TASK_FAILED",
  "RERANK_COMPLETED",
  "SPIDER_TRAINED",
  "SPIDER_FAILED",
  "SPIDER_ACTIVATED",
  "OUTCOME_REPORTED",
  "OUTCOME_VERIFIED",
  "OUTCOME_WITHDRAWN",
  "PING",
] as const;
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

/** An address that wants to hear of events. */
@Entity("webhook")
export class Webhook {
  @PrimaryColumn("uuid")
  id!: string;

  @Column("text")
  url!: string;

  @Column("text", { array: true })
  events!: WebhookEvent[];

  @Column("boolean")
  enabled!: boolean;

  /** Where nobody but the deliveries themselves disabled it. */
  @Column("text", { name: "disabled_reason", nullable: true })
  disabledReason!: string | null;

  /** Deliveries that were given up since the last one that was accepted. */
  @Column("integer", { name: "dead_in_a_row" })
  deadInARow!: number;

  /**
   * What deliveries are signed with. It must be there as it is, or nothing could be signed; so it is read only by those who
   * ask for it, and no audit row, log line or list holds it.
   */
  @Column("text", { select: false })
  secret!: string;

  /** The secret before, which signs too until the receiver must have taken over the new one. */
  @Column("text", { name: "previous_secret", nullable: true, select: false })
  previousSecret!: string | null;

  @Column("timestamptz", { name: "previous_secret_until", nullable: true })
  previousSecretUntil!: Date | null;

  @Column("text", { name: "created_by" })
  createdBy!: string;

  @CreateDateColumn({ type: "timestamptz", name: "created_at" })
  createdAt!: Date;
}
