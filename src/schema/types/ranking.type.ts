import { Field, Int, ObjectType } from "type-graphql";

import type { MergePolicy } from "../../engine/ranking/merge-reranked.js";
import type { RankingStage } from "../../entities/ranking.js";
import { connectionType } from "../connections.js";
import { MergePolicyEnum, RankingStageEnum } from "../enums.js";
import { DateTime, FiniteFloat, Sha256 } from "../scalars.js";
import { NodeType } from "./node.type.js";

@ObjectType("RankedPtm", { description: "One line of a ranking.", simpleResolvers: true })
export class RankedPtmType {
  @Field(() => Int, { description: "1 is best." })
  rank!: number;

  @Field(() => FiniteFloat, {
    description:
      "What the PTM is ranked by; only its order within one ranking has a meaning. The spider's score and, where the " +
      "spider has a prior weight w > 0, z(score) + w z(prior) over the whole zoo: the prior is what outcomes on other " +
      "tasks say about the PTM's architecture; outcomes on the ranked task never enter. Under the merge policy " +
      "MIXED_WITH_SCORES PTMs that were run are put in order by `scores` as well.",
  })
  fitness!: number;

  @Field(() => Int, { description: "The rank from tokens alone." })
  coarseRank!: number;

  @Field(() => Int, {
    nullable: true,
    description:
      "The rank in the one fixed order that ignores the task: by outcomes on other tasks. Null while there are none.",
  })
  staticRank!: number | null;

  @Field(() => Boolean, { description: "Whether the fitness rests on a run of the PTM on the task." })
  reranked!: boolean;

  @Field(() => String, { nullable: true, description: "Why a PTM that was to be run was not." })
  failure!: string | null;
}

@ObjectType("RankingQuality", {
  description: "How well an order agrees with the outcomes that are known on the task.",
  simpleResolvers: true,
})
export class RankingQualityType {
  @Field(() => FiniteFloat, {
    nullable: true,
    description:
      "Vigna's weighted Kendall tau, outcomes first (rank=None); 1 is full agreement. Null where it is undefined.",
  })
  weightedTau!: number | null;

  @Field(() => FiniteFloat, {
    description:
      "Best outcome in the zoo minus the outcome of the first PTM, times 100: points, where outcomes are fractions.",
  })
  regretAt1!: number;
}

@ObjectType("RankingEvidence", {
  description: "What a ranking rests on and what it cost.",
  simpleResolvers: true,
})
export class RankingEvidenceType {
  @Field(() => Int, { description: "PTMs that were run on the task's samples for this ranking." })
  forwardPasses!: number;

  @Field(() => Int, { description: "PTMs whose run for an earlier ranking of the task served again." })
  runsReused!: number;

  @Field(() => MergePolicyEnum, {
    nullable: true,
    description: "How the PTMs that were run were put among the others; null where none was.",
  })
  mergePolicy!: MergePolicy | null;

  @Field(() => FiniteFloat, {
    nullable: true,
    description: "Seconds that those forward passes took, in their sandboxes; null where none was needed.",
  })
  forwardSeconds!: number | null;

  @Field(() => FiniteFloat, { description: "Seconds from the question to the answer." })
  seconds!: number;

  @Field(() => Int, { description: "Ranked PTMs with a known outcome on the task." })
  outcomeCount!: number;

  @Field(() => RankingQualityType, { nullable: true, description: "Of this ranking; null without outcomes." })
  spider!: RankingQualityType | null;

  @Field(() => RankingQualityType, {
    nullable: true,
    description: "Of the static ranking, the baseline that never looks at the task.",
  })
  static!: RankingQualityType | null;
}

@ObjectType("Ranking", {
  description: "PTMs ordered for a task; rank 1 is best.",
  implements: NodeType,
  simpleResolvers: true,
})
export class RankingType extends NodeType {
  @Field(() => RankingStageEnum, { description: "How far it has come." })
  stage!: RankingStage;

  @Field(() => Int, { description: "PTMs that were ranked: those with a token that the filter admits." })
  zooSize!: number;

  @Field(() => DateTime, { description: "The moment it speaks of." })
  asOf!: Date;

  @Field(() => Sha256, {
    description:
      "Digest of task token, spider, PTM tokens, outcomes, filter and topK, and of the specific tokens of a re-ranking: " +
      "equal receipts, the same entries, but for rounding, which another provider, token storage or batch does otherwise.",
  })
  receipt!: string;

  @Field(() => RankingEvidenceType, {
    nullable: true,
    description: "Of a ranking just computed and of a re-ranking; null for a coarse one that was kept.",
  })
  evidence!: RankingEvidenceType | null;

  @Field(() => String, { nullable: true, description: "Why a re-ranking could not be completed." })
  failure!: string | null;
}

export const RankingConnection = connectionType("Ranking", () => RankingType);
