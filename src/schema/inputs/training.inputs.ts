import { Field, ID, InputType, Int } from "type-graphql";

import type { Aggregation } from "../../engine/training/supervision.js";
import type { TransferabilityMetric } from "../../entities/transferability-score.js";
import { AggregationEnum, TransferabilityMetricEnum } from "../enums.js";
import { FiniteFloat } from "../scalars.js";
import { IdempotentInput } from "./idempotent.inputs.js";

@InputType({ description: "What differs from the default recipe; an absent field keeps its default." })
export class SpiderRecipeInput {
  @Field(() => Int, { nullable: true, description: "Width of PTM tokens and of the attention." })
  width?: number | null;

  @Field(() => Int, { nullable: true, description: "How often it sees every training task." })
  epochs?: number | null;

  @Field(() => Int, { nullable: true, description: "Training tasks a step." })
  batchSize?: number | null;

  @Field(() => FiniteFloat, { nullable: true, description: "Of Adam, at the first step." })
  learningRate?: number | null;

  @Field(() => FiniteFloat, {
    nullable: true,
    description: "Of Adam, at the last step; a cosine in between.",
  })
  finalLearningRate?: number | null;

  @Field(() => FiniteFloat, { nullable: true, description: "How fast weights shrink by themselves." })
  weightDecay?: number | null;

  @Field(() => FiniteFloat, { nullable: true, description: "Share of the attention that a step leaves out." })
  dropout?: number | null;

  @Field(() => FiniteFloat, { nullable: true, description: "Longer gradients are cut; by default none is." })
  maxGradientNorm?: number | null;

  @Field(() => Int, { nullable: true, description: "A batch runs up to so many PTMs on each of its tasks." })
  mostRun?: number | null;

  @Field(() => FiniteFloat, {
    nullable: true,
    description: "How much more the head of a ranking counts; 0: no more.",
  })
  headDecay?: number | null;

  @Field(() => AggregationEnum, {
    nullable: true,
    description: "How the metrics' scores become one order to learn.",
  })
  aggregation?: Aggregation | null;

  @Field(() => Int, {
    nullable: true,
    description: "Training tasks; by default all but those to validate on.",
  })
  tasks?: number | null;

  @Field(() => Int, { nullable: true, description: "Tasks to validate on, which it does not learn from." })
  validation?: number | null;

  @Field(() => FiniteFloat, {
    nullable: true,
    description: "How much outcomes on other tasks count in its rankings.",
  })
  priorWeight?: number | null;

  @Field(() => Int, {
    nullable: true,
    description: "Further estimators that are trained apart and have a say where no PTM was run.",
  })
  companions?: number | null;

  @Field(() => Int, { nullable: true, description: "Draws weights, batches and dropout." })
  seed?: number | null;
}

@InputType({ description: "A spider to train." })
export class TrainSpiderInput extends IdempotentInput {
  @Field(() => ID, {
    nullable: true,
    description: "The pool to learn from; without one, the newest that is ready.",
  })
  poolId?: string | null;

  @Field(() => SpiderRecipeInput, { defaultValue: {}, description: "How to learn." })
  recipe!: SpiderRecipeInput;
}

@InputType({ description: "A spider to rank with." })
export class ActivateSpiderInput {
  @Field(() => ID, { description: "The spider; it must be READY." })
  spiderId!: string;

  @Field(() => Boolean, {
    defaultValue: false,
    description: "Whether it may rank the validation tasks worse than the active one does.",
  })
  force!: boolean;
}

@InputType({ description: "A pool to make of tasks." })
export class CreatePoolInput extends IdempotentInput {
  @Field(() => String, { description: "1 to 200 visible characters." })
  name!: string;

  @Field(() => [ID], { description: "The sources, 1 to 1000: READY tasks with samples." })
  taskIds!: string[];

  @Field(() => Int, {
    defaultValue: 2000,
    description: "How many training tasks to draw and to score all PTMs on, 1 to 100,000.",
  })
  trainingTasks!: number;

  @Field(() => Int, { defaultValue: 1, description: "Draws the training tasks." })
  seed!: number;

  @Field(() => [TransferabilityMetricEnum], {
    defaultValue: ["H_SCORE_SHRINKAGE", "LOG_ME", "K_NN"],
    description: "What the PTMs are scored by.",
  })
  metrics!: TransferabilityMetric[];
}

@InputType({ description: "A pool to measure PTMs on." })
export class MeasurePoolInput extends IdempotentInput {
  @Field(() => ID, { description: "The pool." })
  poolId!: string;
}
