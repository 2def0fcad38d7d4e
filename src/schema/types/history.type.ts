import { Field, ObjectType } from "type-graphql";

import { connectionType } from "../connections.js";
import { DateTime } from "../scalars.js";

@ObjectType("FieldChange", { description: "What a change made of one value.", simpleResolvers: true })
export class FieldChangeType {
  @Field(() => String, { description: "Which value." })
  field!: string;

  @Field(() => String, { nullable: true, description: "What it was, as JSON; null where there was none." })
  before!: string | null;

  @Field(() => String, { nullable: true, description: "What it became, as JSON; null where there is none." })
  after!: string | null;
}

@ObjectType("Change", { description: "One change, by whom and of what.", simpleResolvers: true })
export class ChangeType {
  @Field(() => DateTime, { description: "When." })
  at!: Date;

  @Field(() => String, { description: "Name of the access key or of the command." })
  actor!: string;

  @Field(() => String, { description: "Name of the mutation." })
  action!: string;
}

export const HistoryConnection = connectionType("Change", () => ChangeType);
