import { Field, Int, ObjectType } from "type-graphql";

import { DateTime } from "../scalars.js";

@ObjectType("RateLimit", {
  description: "How many requests you may still send. An operation on a socket counts as one.",
  simpleResolvers: true,
})
export class RateLimitType {
  @Field(() => Int, { description: "Requests a minute." })
  limit!: number;

  @Field(() => Int, { description: "Those that are left of this minute." })
  remaining!: number;

  @Field(() => DateTime, { description: "When all of them are there again." })
  resetAt!: Date;
}
