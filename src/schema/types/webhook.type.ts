import { Field, ID, Int, ObjectType } from "type-graphql";

import type { WebhookDeliveryState } from "../../entities/webhook-delivery.js";
import type { WebhookEvent } from "../../entities/webhook.js";
import { connectionType } from "../connections.js";
import { WebhookDeliveryStateEnum, WebhookEventEnum } from "../enums.js";
import { DateTime } from "../scalars.js";

@ObjectType("Webhook", {
  description: "An address that is told of events, by signed requests (https://www.standardwebhooks.com).",
  simpleResolvers: true,
})
export class WebhookType {
  @Field(() => ID, { description: "Opaque and unique over all types." })
  id!: string;

  @Field(() => String, { description: "Where its deliveries go." })
  url!: string;

  @Field(() => [WebhookEventEnum], { description: "What it is told of." })
  events!: readonly WebhookEvent[];

  @Field(() => Boolean, { description: "Whether it is told at all." })
  enabled!: boolean;

  @Field(() => String, { nullable: true, description: "Why it was disabled, where nobody did it." })
  disabledReason!: string | null;

  @Field(() => DateTime, {
    nullable: true,
    description: "Until when the secret before the last one signs too.",
  })
  previousSecretUntil!: Date | null;

  @Field(() => String, { description: "Who added it." })
  createdBy!: string;

  @Field(() => DateTime, { description: "When it was added." })
  createdAt!: Date;
}

export const WebhookConnection = connectionType("Webhook", () => WebhookType);

@ObjectType("WebhookDelivery", {
  description: "One event for one webhook. Deliveries are kept for 30 days.",
  simpleResolvers: true,
})
export class WebhookDeliveryType {
  @Field(() => ID, { description: "Opaque and unique over all types." })
  id!: string;

  @Field(() => WebhookEventEnum, { description: "What happened." })
  event!: WebhookEvent;

  @Field(() => WebhookDeliveryStateEnum, { description: "Where it stands." })
  state!: WebhookDeliveryState;

  @Field(() => Int, { description: "Attempts so far." })
  attempts!: number;

  @Field(() => Int, { nullable: true, description: "HTTP status of the last answer; null where none came." })
  status!: number | null;

  @Field(() => String, { nullable: true, description: "Why the last attempt failed." })
  error!: string | null;

  @Field(() => DateTime, { nullable: true, description: "When it was tried last." })
  attemptedAt!: Date | null;

  @Field(() => DateTime, {
    nullable: true,
    description: "When it is tried next; null once it is over, and while its webhook is disabled.",
  })
  nextAttemptAt!: Date | null;

  @Field(() => DateTime, { description: "When it happened." })
  createdAt!: Date;
}

export const WebhookDeliveryConnection = connectionType("WebhookDelivery", () => WebhookDeliveryType);
