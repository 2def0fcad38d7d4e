import { Field, Int, ObjectType } from "type-graphql";

import type { Estimate } from "../../engine/evaluation/bootstrap.js";
import type { MergePolicy } from "../../engine/ranking/merge-reranked.js";
import type {
  EvaluatedRanker,
  EvaluatedTask,
  SpiderEvaluation,
  SpiderStatus,
} from "../../entities/spider.js";
import { connectionType } from "../connections.js";
import { MergePolicyEnum, SpiderStatusEnum } from "../enums.js";
import { DateTime, FiniteFloat, Sha256 } from "../scalars.js";
import { EstimateType } from "./evaluation.type.js";
import { NodeType } from "./node.type.js";

@ObjectType("EvaluatedTask", {
  description:
    "One ranker on one task, compared with measured outcomes. All measures are null where it has no answer.",
  simpleResolvers: true,
})
export class EvaluatedTaskType implements Omit<EvaluatedTask, "id"> {
  @Field(() => String, { description: "Name of the task." })
  name!: string;

  @Field(() => String, {
    nullable: true,
    description: "Why the ranker has no answer; null where it has one.",
  })
  missing!: string | null;

  @Field(() => FiniteFloat, { nullable: true, description: "Weighted tau; null also where it is undefined." })
  tauW!: number | null;

  @Field(() => FiniteFloat, { nullable: true, description: "Points lost by taking its first PTM." })
  regret1!: number | null;

  @Field(() => FiniteFloat, {
    nullable: true,
    description: "Points lost by taking the best of its first three.",
  })
  regret3!: number | null;

  @Field(() => FiniteFloat, {
    nullable: true,
    description: "1 if its first PTM is one of the three best, 0 if not; a share for random orders.",
  })
  hit3!: number | null;

  @Field(() => FiniteFloat, { nullable: true, description: "PTMs run." })
  forwardPasses!: number | null;

  @Field(() => FiniteFloat, { nullable: true, description: "Seconds." })
  seconds!: number | null;
}

export const EvaluatedTaskConnection = connectionType("EvaluatedTask", () => EvaluatedTaskType);

@ObjectType("EvaluatedRanker", {
  description:
    "One way to rank the zoo, compared with measured outcomes: means over the tasks that it could answer for, null without any.",
  simpleResolvers: true,
})
export class EvaluatedRankerType implements Omit<EvaluatedRanker, "tasks"> {
  @Field(() => String, {
    description:
      "The spider without a run, with 1 to 10 PTMs run, a metric with all PTMs run, several metrics together, the static ranking, or random orders.",
  })
  ranker!: string;

  @Field(() => Int, {
    description: "Tasks that it could answer for; `tasks` says why it could not for others.",
  })
  taskCount!: number;

  @Field(() => EstimateType, {
    nullable: true,
    description: "Weighted tau; null also where it is undefined.",
  })
  tauW!: Estimate | null;

  @Field(() => EstimateType, { nullable: true, description: "Points lost by taking its first PTM." })
  regret1!: Estimate | null;

  @Field(() => EstimateType, {
    nullable: true,
    description: "Points lost by taking the best of its first three.",
  })
  regret3!: Estimate | null;

  @Field(() => EstimateType, {
    nullable: true,
    description: "How often its first PTM is one of the three best.",
  })
  hit3!: Estimate | null;

  @Field(() => FiniteFloat, { nullable: true, description: "PTMs run a task." })
  forwardPasses!: number | null;

  @Field(() => FiniteFloat, { nullable: true, description: "Seconds a task." })
  seconds!: number | null;
}

@ObjectType("SpiderEvaluation", {
  description:
    "What was known of a spider when its training ended. Tasks with outcomes were looked at once, then.",
  simpleResolvers: true,
})
export class SpiderEvaluationType implements SpiderEvaluation {
  @Field(() => String, {
    nullable: true,
    description:
      "Who measured it, as the files say that the spider was imported from: a claim that nobody checked here. Null where this " +
      "registry measured it itself.",
  })
  claimedBy?: string | null;

  @Field(() => FiniteFloat, {
    nullable: true,
    description: "Mean weighted tau of its coarse ranking of the validation tasks; null without any.",
  })
  validationTau!: number | null;

  @Field(() => Int, { nullable: true, description: "How many PTMs to run did best on the validation tasks." })
  rerankTopK!: number | null;

  @Field(() => MergePolicyEnum, {
    nullable: true,
    description: "How to merge them did best on the validation tasks; re-rankings by this spider do so.",
  })
  mergePolicy!: MergePolicy | null;

  @Field(() => [String], { description: "Tasks with outcomes that it did not learn from, newest first." })
  tasks!: readonly string[];

  @Field(() => [EvaluatedRankerType], { description: "The spider and what it stands beside." })
  rankers!: readonly EvaluatedRanker[];
}

@ObjectType("TrainingPoint", { description: "One epoch of a training.", simpleResolvers: true })
export class TrainingPointType {
  @Field(() => Int, { description: "1 is the first." })
  epoch!: number;

  @Field(() => FiniteFloat, { description: "Mean loss over its steps." })
  loss!: number;

  @Field(() => FiniteFloat, {
    nullable: true,
    description: "Mean weighted tau on the validation tasks; null without any.",
  })
  validationTau!: number | null;
}

@ObjectType("TrainingSummary", {
  description: "What a spider learns or learned from.",
  simpleResolvers: true,
})
export class TrainingSummaryType {
  @Field(() => String, { description: "Who asked for it." })
  createdBy!: string;

  @Field(() => DateTime, { description: "When it was asked for." })
  createdAt!: Date;
}

@ObjectType("Spider", {
  description:
    "The learned estimator with its version: projections, attention, head and the PTM tokens it was trained with. Immutable.",
  implements: NodeType,
  simpleResolvers: true,
})
export class SpiderType extends NodeType {
  @Field(() => Int, { description: "1 is the first." })
  version!: number;

  @Field(() => Boolean, { description: "Whether rankings come from it unless they name another." })
  active!: boolean;

  @Field(() => Int, { description: "Width of its PTM tokens." })
  width!: number;

  @Field(() => SpiderStatusEnum, { description: "Whether it can rank." })
  status!: SpiderStatus;

  @Field(() => String, { nullable: true, description: "Why its training failed." })
  statusReason!: string | null;

  @Field(() => Sha256, {
    nullable: true,
    description: "Digest of its snapshot (safetensors); null unless it is READY.",
  })
  snapshotSha256!: string | null;

  @Field(() => SpiderEvaluationType, {
    nullable: true,
    description:
      "How it did beside other rankers when its training ended; null for one that was imported without.",
  })
  evaluation!: SpiderEvaluation | null;

  @Field(() => Sha256, { description: "Digest of the general encoder whose class centres it reads." })
  encoderSha256!: string;

  @Field(() => Int, { description: "Width of the general encoder's features: the width of class centres." })
  encoderWidth!: number;

  @Field(() => DateTime, { description: "When it came into the registry." })
  createdAt!: Date;
}

export const SpiderConnection = connectionType("Spider", () => SpiderType);
