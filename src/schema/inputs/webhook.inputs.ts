import { Field, ID, InputType } from "type-graphql";

import type { WebhookDeliveryState } from "../../entities/webhook-delivery.js";
import type { WebhookEvent } from "../../entities/webhook.js";
import { WebhookDeliveryStateEnum, WebhookEventEnum } from "../enums.js";
import { TimeRange } from "./comparators.inputs.js";
import { IdempotentInput } from "./idempotent.inputs.js";

@InputType({ description: "An address to tell of events." })
export class AddWebhookInput extends IdempotentInput {
  @Field(() => String, {
    description:
      "An https address without credentials; its host must be allowed (ORB_WEBHOOK_HOSTS). No two webhooks share one.",
  })
  url!: string;

  @Field(() => [WebhookEventEnum], { description: "What to tell it of; at least one." })
  events!: WebhookEvent[];
}

@InputType({ description: "Changes to a webhook; what is absent stays." })
export class UpdateWebhookInput {
  @Field(() => ID, { description: "The webhook." })
  webhookId!: string;

  @Field(() => [WebhookEventEnum], { nullable: true, description: "What to tell it of; at least one." })
  events?: WebhookEvent[] | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether to tell it at all. What waits for it then waits until it is enabled.",
  })
  enabled?: boolean | null;
}

@InputType({ description: "A webhook to remove." })
export class RemoveWebhookInput {
  @Field(() => ID, { description: "The webhook." })
  webhookId!: string;
}

@InputType({ description: "A webhook to give another secret." })
export class RotateWebhookSecretInput extends IdempotentInput {
  @Field(() => ID, { description: "The webhook." })
  webhookId!: string;

  @Field(() => Boolean, {
    defaultValue: false,
    description: "Whether the secret before ends now, for it was leaked; otherwise both sign for a day.",
  })
  immediately!: boolean;
}

@InputType({ description: "A webhook to send a PING." })
export class PingWebhookInput extends IdempotentInput {
  @Field(() => ID, { description: "The webhook; it must be enabled." })
  webhookId!: string;
}

@InputType({ description: "A delivery to send again." })
export class ReplayWebhookDeliveryInput {
  @Field(() => ID, { description: "The delivery; its webhook must be enabled." })
  deliveryId!: string;
}

@InputType("WebhookDeliveryFilter", { description: "Conditions that a delivery must meet, all of them." })
export class WebhookDeliveryFilterInput {
  @Field(() => [WebhookDeliveryStateEnum], { nullable: true, description: "Is in one of these states." })
  state?: WebhookDeliveryState[] | null;

  @Field(() => [WebhookEventEnum], { nullable: true, description: "Tells of one of these." })
  event?: WebhookEvent[] | null;

  @Field(() => TimeRange, { nullable: true, description: "When it happened." })
  createdAt?: TimeRange | null;

  @Field(() => [WebhookDeliveryFilterInput], { nullable: true, description: "Meets all of these." })
  and?: WebhookDeliveryFilterInput[] | null;

  @Field(() => [WebhookDeliveryFilterInput], { nullable: true, description: "Meets one of these." })
  or?: WebhookDeliveryFilterInput[] | null;

  @Field(() => WebhookDeliveryFilterInput, { nullable: true, description: "Does not meet this." })
  not?: WebhookDeliveryFilterInput | null;
}
