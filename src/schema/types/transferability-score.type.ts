import { Field, Int, ObjectType } from "type-graphql";

import type { TransferabilityMetric } from "../../entities/transferability-score.js";
import { connectionType } from "../connections.js";
import { TransferabilityMetricEnum } from "../enums.js";
import { DateTime, FiniteFloat } from "../scalars.js";
import { NodeType } from "./node.type.js";

@ObjectType("TransferabilityScore", {
  description:
    "The value of a metric such as LogME or LEEP for a PTM on a task, computed by running the PTM.",
  implements: NodeType,
  simpleResolvers: true,
})
export class TransferabilityScoreType extends NodeType {
  @Field(() => TransferabilityMetricEnum, { description: "Which metric." })
  metric!: TransferabilityMetric;

  @Field(() => FiniteFloat, {
    nullable: true,
    description:
      "Larger is better; only PTMs on one task can be compared. Null where it is undefined, see `reason`.",
  })
  value!: number | null;

  @Field(() => String, { nullable: true, description: "Why there is no value." })
  reason!: string | null;

  @Field(() => Int, {
    description:
      "How many of the task's samples it was computed from; 0 if running the PTM failed: ask again to run it again.",
  })
  sampleCount!: number;

  @Field(() => FiniteFloat, { description: "Seconds that the metric took." })
  seconds!: number;

  @Field(() => FiniteFloat, {
    description: "Seconds that running the PTM took, for all scores of that run together.",
  })
  networkSeconds!: number;

  @Field(() => Int, {
    description: "Version of the metrics' code; only values of one version can be compared.",
  })
  metricVersion!: number;

  @Field(() => DateTime, { description: "When it was measured." })
  createdAt!: Date;
}

export const TransferabilityScoreConnection = connectionType(
  "TransferabilityScore",
  () => TransferabilityScoreType,
);
