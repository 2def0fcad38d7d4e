import { Field, ID, InputType } from "type-graphql";

import type { OutcomeProtocol } from "../../entities/outcome.js";
import { OutcomeProtocolEnum } from "../enums.js";
import { CountRange, TextCondition, TimeRange } from "./comparators.inputs.js";

@InputType("OutcomeFilter", { description: "Conditions that an outcome must meet, all of them." })
export class OutcomeFilterInput {
  @Field(() => ID, { nullable: true, description: "Was measured on this task." })
  taskId?: string | null;

  @Field(() => ID, { nullable: true, description: "Was measured with this PTM." })
  ptmId?: string | null;

  @Field(() => TextCondition, { nullable: true, description: "What was measured." })
  metric?: TextCondition | null;

  @Field(() => [OutcomeProtocolEnum], { nullable: true, description: "How the PTM was adapted." })
  protocol?: OutcomeProtocol[] | null;

  @Field(() => TextCondition, { nullable: true, description: "The samples it was measured on." })
  split?: TextCondition | null;

  @Field(() => CountRange, { nullable: true, description: "The value." })
  value?: CountRange | null;

  @Field(() => Boolean, { nullable: true, description: "Whether a curator has checked it." })
  verified?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: "Whether it counts no more." })
  withdrawn?: boolean | null;

  @Field(() => TextCondition, { nullable: true, description: "Who reported it." })
  reportedBy?: TextCondition | null;

  @Field(() => TimeRange, { nullable: true, description: "When it was reported." })
  createdAt?: TimeRange | null;

  @Field(() => [OutcomeFilterInput], { nullable: true, description: "Meets all of these." })
  and?: OutcomeFilterInput[] | null;

  @Field(() => [OutcomeFilterInput], { nullable: true, description: "Meets one of these." })
  or?: OutcomeFilterInput[] | null;

  @Field(() => OutcomeFilterInput, { nullable: true, description: "Does not meet this." })
  not?: OutcomeFilterInput | null;
}

@InputType({ description: "An outcome that a curator has checked." })
export class VerifyOutcomeInput {
  @Field(() => ID, { description: "The outcome." })
  outcomeId!: string;
}

@InputType({ description: "An outcome that turned out wrong." })
export class WithdrawOutcomeInput {
  @Field(() => ID, { description: "The outcome." })
  outcomeId!: string;

  @Field(() => String, { description: "Why, at most 2,000 characters." })
  reason!: string;
}
