import { Field, Int, ObjectType } from "type-graphql";

import type { OutcomeProtocol } from "../../entities/outcome.js";
import { connectionType } from "../connections.js";
import { OutcomeProtocolEnum } from "../enums.js";
import { DateTime, FiniteFloat } from "../scalars.js";
import { NodeType } from "./node.type.js";

@ObjectType("Outcome", {
  description: "Measured performance of a PTM on a task after fine-tuning or probing.",
  implements: NodeType,
  simpleResolvers: true,
})
export class OutcomeType extends NodeType {
  @Field(() => String, { description: "What was measured; larger is better." })
  metric!: string;

  @Field(() => FiniteFloat, { description: "The value, in the metric's own unit." })
  value!: number;

  @Field(() => OutcomeProtocolEnum, { description: "How the PTM was adapted." })
  protocol!: OutcomeProtocol;

  @Field(() => String, { description: "The samples it was measured on, such as `test`." })
  split!: string;

  @Field(() => Int, { description: "The seed of the run." })
  seed!: number;

  @Field(() => String, { nullable: true, description: "Where the run can be looked up." })
  evidenceUrl!: string | null;

  @Field(() => String, { description: "Who reported it." })
  reportedBy!: string;

  @Field(() => Boolean, { description: "Whether a curator has checked it." })
  verified!: boolean;

  @Field(() => String, { nullable: true, description: "Which curator has checked it." })
  verifiedBy!: string | null;

  @Field(() => Boolean, { description: "Whether it counts no more." })
  withdrawn!: boolean;

  @Field(() => String, { nullable: true, description: "Why it counts no more." })
  withdrawalReason!: string | null;

  @Field(() => DateTime, { description: "When it was reported." })
  createdAt!: Date;
}

@ObjectType("OutcomeSummary", {
  description:
    "What is known of a PTM on a task: the median over the measurements of one metric and protocol.",
  simpleResolvers: true,
})
export class OutcomeSummaryType {
  @Field(() => String, { description: "What was measured; larger is better." })
  metric!: string;

  @Field(() => OutcomeProtocolEnum, { description: "How the PTM was adapted." })
  protocol!: OutcomeProtocol;

  @Field(() => FiniteFloat, { description: "The median." })
  value!: number;

  @Field(() => Int, { description: "How many measurements it is over." })
  count!: number;
}

export const OutcomeConnection = connectionType("Outcome", () => OutcomeType);
