import { Field, Int, ObjectType } from "type-graphql";

import type { PtmCost } from "../../services/ranking/ptm-costs.js";
import { connectionType } from "../connections.js";
import { PtmCostEnum } from "../enums.js";
import { FiniteFloat } from "../scalars.js";

@ObjectType("PtmCostValue", { description: "What a PTM costs, in one way.", simpleResolvers: true })
export class PtmCostValueType {
  @Field(() => PtmCostEnum, { description: "Which cost." })
  cost!: PtmCost;

  @Field(() => FiniteFloat, { nullable: true, description: "How much; null where it is not known." })
  value!: number | null;
}

@ObjectType("ParetoPtm", {
  description: "A PTM with its fitness for a task and what it costs.",
  simpleResolvers: true,
})
export class ParetoPtmType {
  @Field(() => Int, { description: "Its rank by fitness among all PTMs that the filter admits." })
  rank!: number;

  @Field(() => FiniteFloat, { description: "What it is ranked by, as in a ranking of the task." })
  fitness!: number;

  @Field(() => [PtmCostValueType], { description: "The costs that were asked for, in their order." })
  costs!: readonly PtmCostValueType[];
}

export const ParetoPtmConnection = connectionType("ParetoPtm", () => ParetoPtmType);

@ObjectType("ParetoFront", {
  description:
    "The PTMs that nothing beats: no other is at least as fit for the task and at most as costly in everything, and better " +
    "in something.",
  simpleResolvers: true,
})
export class ParetoFrontType {
  @Field(() => Int, { description: "PTMs that the filter admits, compared or not." })
  zooSize!: number;

  @Field(() => String, {
    nullable: true,
    description:
      "Under what latencies are compared: batch size, threads, runtime and machine of most measurements. PTMs that were " +
      "measured under others alone are among the unknown. Null where LATENCY is not asked for or nothing was measured.",
  })
  latencyCircumstances!: string | null;
}
