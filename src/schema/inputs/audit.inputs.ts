import { Field, ID, InputType } from "type-graphql";

import { DateTime } from "../scalars.js";

@InputType("AuditFilter", { description: "Conditions that an event must meet, all of them." })
export class AuditFilterInput {
  @Field(() => String, { nullable: true, description: "Was made by the holder of this name." })
  actor?: string | null;

  @Field(() => String, { nullable: true, description: "Is this mutation's." })
  action?: string | null;

  @Field(() => ID, { nullable: true, description: "Changed this object." })
  subject?: string | null;

  @Field(() => DateTime, { nullable: true, description: "Not earlier." })
  since?: Date | null;

  @Field(() => DateTime, { nullable: true, description: "Earlier than this." })
  until?: Date | null;
}
