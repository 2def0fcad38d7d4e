import { Field, InputType } from "type-graphql";

import { DateTime, FiniteFloat } from "../scalars.js";

@InputType({ description: "Conditions on a text, all of them." })
export class TextCondition {
  @Field(() => String, { nullable: true, description: "Is this." })
  eq?: string | null;

  @Field(() => [String], { nullable: true, description: "Is one of these." })
  in?: string[] | null;

  @Field(() => String, { nullable: true, description: "Has this anywhere in it; case does not matter." })
  contains?: string | null;
}

@InputType({ description: "Conditions on a count, all of them." })
export class CountRange {
  @Field(() => FiniteFloat, { nullable: true, description: "Is this." })
  eq?: number | null;

  @Field(() => [FiniteFloat], { nullable: true, description: "Is one of these." })
  in?: number[] | null;

  @Field(() => FiniteFloat, { nullable: true, description: "At least." })
  gte?: number | null;

  @Field(() => FiniteFloat, { nullable: true, description: "At most." })
  lte?: number | null;
}

@InputType({ description: "A span of time, ends included." })
export class TimeRange {
  @Field(() => DateTime, { nullable: true, description: "At this moment or later." })
  gte?: Date | null;

  @Field(() => DateTime, { nullable: true, description: "At this moment or earlier." })
  lte?: Date | null;
}

@InputType({ description: "Conditions on a set of labels, all of them." })
export class LabelsCondition {
  @Field(() => String, { nullable: true, description: "Holds this label." })
  contains?: string | null;

  @Field(() => [String], { nullable: true, description: "Holds one of these labels." })
  in?: string[] | null;
}
