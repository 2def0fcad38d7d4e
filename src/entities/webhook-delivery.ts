import { Column, CreateDateColumn, Entity, PrimaryColumn } from "typeorm";

import type { WebhookEvent } from "./webhook.js";

export const WEBHOOK_DELIVERY_STATES = ["PENDING", "DELIVERED", "DEAD"] as const;
export type WebhookDeliveryState = (typeof WEBHOOK_DELIVERY_STATES)[number];

/** One event for one webhook: what is sent, whether it was accepted, and when it is tried next. */
@Entity("webhook_delivery")
export class WebhookDelivery {
  /** Goes along as webhook-id, the same in every attempt. */
  @PrimaryColumn("uuid")
  id!: string;

  @Column("uuid", { name: "webhook_id" })
  webhookId!: string;

  @Column("text")
  event!: WebhookEvent;

  /** What happened to what, as it was at that moment. */
  @Column("jsonb")
  subject!: object;

  @Column("text")
  state!: WebhookDeliveryState;

  /** Begun so far. Also the fence: an attempt's end is written only while this is still its own number. */
  @Column("integer")
  attempts!: number;

  /** The number of the attempt after which it is given up; a replay raises it. */
  @Column("integer", { name: "last_attempt" })
  lastAttempt!: number;

  /** Null once it is over, and while its webhook is disabled. */
  @Column("timestamptz", { name: "next_attempt_at", nullable: true })
  nextAttemptAt!: Date | null;

  @Column("timestamptz", { name: "attempted_at", nullable: true })
  attemptedAt!: Date | null;

  /** HTTP status of the last answer; null where none came. */
  @Column("integer", { nullable: true })
  status!: number | null;

  /** Why the last attempt failed. */
  @Column("text", { nullable: true })
  error!: string | null;

  @CreateDateColumn({ type: "timestamptz", name: "created_at" })
  createdAt!: Date;
}
