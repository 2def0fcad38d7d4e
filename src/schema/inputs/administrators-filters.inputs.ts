import { Field, InputType } from "type-graphql";

import type { WebhookEvent } from "../../entities/webhook.js";
import type { Role } from "../../services/access/viewer.js";
import { RoleEnum, WebhookEventEnum } from "../enums.js";
import { TextCondition, TimeRange } from "./comparators.inputs.js";

@InputType("AccessKeyFilter", { description: "Conditions that an access key must meet, all of them." })
export class AccessKeyFilterInput {
  @Field(() => TextCondition, { nullable: true, description: "Its holder's name; case does not matter." })
  name?: TextCondition | null;

  @Field(() => [RoleEnum], { nullable: true, description: "Has one of these roles." })
  role?: Role[] | null;

  @Field(() => TextCondition, { nullable: true, description: "Who made it." })
  createdBy?: TextCondition | null;

  @Field(() => TimeRange, { nullable: true, description: "When it was made." })
  createdAt?: TimeRange | null;

  @Field(() => TimeRange, {
    nullable: true,
    description: "When it ends by itself; one that never does meets none.",
  })
  expiresAt?: TimeRange | null;

  @Field(() => TimeRange, {
    nullable: true,
    description: "When it was used last; one that never was meets none.",
  })
  lastUsedAt?: TimeRange | null;

  @Field(() => TimeRange, {
    nullable: true,
    description: "When it was revoked; one that was not meets none.",
  })
  revokedAt?: TimeRange | null;

  @Field(() => [AccessKeyFilterInput], { nullable: true, description: "Meets all of these." })
  and?: AccessKeyFilterInput[] | null;

  @Field(() => [AccessKeyFilterInput], { nullable: true, description: "Meets one of these." })
  or?: AccessKeyFilterInput[] | null;

  @Field(() => AccessKeyFilterInput, { nullable: true, description: "Does not meet this." })
  not?: AccessKeyFilterInput | null;
}

@InputType("WebhookFilter", { description: "Conditions that a webhook must meet, all of them." })
export class WebhookFilterInput {
  @Field(() => TextCondition, { nullable: true, description: "Its address." })
  url?: TextCondition | null;

  @Field(() => [WebhookEventEnum], { nullable: true, description: "Is told of one of these." })
  events?: WebhookEvent[] | null;

  @Field(() => Boolean, { nullable: true, description: "Whether it is told at all." })
  enabled?: boolean | null;

  @Field(() => TimeRange, { nullable: true, description: "When it was added." })
  createdAt?: TimeRange | null;

  @Field(() => [WebhookFilterInput], { nullable: true, description: "Meets all of these." })
  and?: WebhookFilterInput[] | null;

  @Field(() => [WebhookFilterInput], { nullable: true, description: "Meets one of these." })
  or?: WebhookFilterInput[] | null;

  @Field(() => WebhookFilterInput, { nullable: true, description: "Does not meet this." })
  not?: WebhookFilterInput | null;
}
