import { Field, ObjectType } from "type-graphql";

import { ExecutionProviderEnum } from "../enums.js";

@ObjectType("Health", {
  description: "What computes the rankings of the process that answers.",
  simpleResolvers: true,
})
export class HealthType {
  @Field(() => [ExecutionProviderEnum], { description: "What it was told to use, first choice first." })
  requestedProviders!: string[];

  @Field(() => ExecutionProviderEnum, {
    nullable: true,
    description: "What it uses; null while a device that was lost is not replaced.",
  })
  provider!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Why it does not use its first choice; null if it does.",
  })
  fallbackReason!: string | null;
}
