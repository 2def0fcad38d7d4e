import { Field, Int, ObjectType } from "type-graphql";

import { connectionType } from "../connections.js";
import { FiniteFloat } from "../scalars.js";

@ObjectType("Estimate", {
  description: "A mean over tasks with its 95 % bootstrap interval.",
  simpleResolvers: true,
})
export class EstimateType {
  @Field(() => FiniteFloat, { description: "The mean." })
  mean!: number;

  @Field(() => FiniteFloat, { description: "Lower end of the interval." })
  low!: number;

  @Field(() => FiniteFloat, { description: "Upper end of the interval." })
  high!: number;
}

@ObjectType("LaterQuality", {
  description: "How well an order agrees with what was measured after it was written down.",
  simpleResolvers: true,
})
export class LaterQualityType {
  @Field(() => FiniteFloat, {
    nullable: true,
    description: "Vigna's weighted Kendall tau, outcomes first (rank=None); null where it is undefined.",
  })
  weightedTau!: number | null;

  @Field(() => FiniteFloat, {
    description:
      "Best outcome of the measured PTMs minus that of the first, times 100: points, for fractions.",
  })
  regretAt1!: number;

  @Field(() => FiniteFloat, { description: "The same for the best of the first three." })
  regretAt3!: number;
}

@ObjectType("QualityMeans", {
  description:
    "Means over tasks; a task that was ranked several times counts once. Null where nothing is known.",
  simpleResolvers: true,
})
export class QualityMeansType {
  @Field(() => EstimateType, { nullable: true, description: "Of weighted tau." })
  weightedTau!: EstimateType | null;

  @Field(() => EstimateType, { nullable: true, description: "Of regret@1, in points." })
  regretAt1!: EstimateType | null;

  @Field(() => EstimateType, { nullable: true, description: "Of regret@3, in points." })
  regretAt3!: EstimateType | null;
}

@ObjectType("EvaluatedRanking", {
  description: "A kept ranking beside what was measured since.",
  simpleResolvers: true,
})
export class EvaluatedRankingType {
  @Field(() => Int, {
    description: "PTMs of its list that were measured since, by the metric and protocol of most.",
  })
  outcomeCount!: number;

  @Field(() => LaterQualityType, { description: "Of the ranking." })
  spider!: LaterQualityType;

  @Field(() => LaterQualityType, {
    nullable: true,
    description: "Of the static ranking, among the same PTMs; null where one had no static rank.",
  })
  static!: LaterQualityType | null;
}

export const EvaluatedRankingConnection = connectionType("EvaluatedRanking", () => EvaluatedRankingType);

@ObjectType("Evaluation", {
  description: "The closed loop: past rankings, the latest 1,000, against what was measured after them.",
  simpleResolvers: true,
})
export class EvaluationType {
  @Field(() => Int, { description: "Tasks with a ranking that can be judged." })
  taskCount!: number;

  @Field(() => QualityMeansType, { description: "Of the rankings." })
  spider!: QualityMeansType;

  @Field(() => QualityMeansType, { description: "Of the static rankings beside them." })
  static!: QualityMeansType;
}
