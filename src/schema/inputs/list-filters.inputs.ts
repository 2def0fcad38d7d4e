import { Field, ID, InputType } from "type-graphql";

import type { JobKind, JobState } from "../../entities/job.js";
import type { TransferabilityMetric } from "../../entities/transferability-score.js";
import type { PoolStatus } from "../../entities/pool.js";
import type { SpiderStatus } from "../../entities/spider.js";
import type { RankingStage } from "../../entities/ranking.js";
import type { TaskStatus } from "../../entities/task.js";
import {
  JobKindEnum,
  JobStateEnum,
  PoolStatusEnum,
  RankingStageEnum,
  SpiderStatusEnum,
  TaskStatusEnum,
  TransferabilityMetricEnum,
} from "../enums.js";
import { CountRange, LabelsCondition, TextCondition, TimeRange } from "./comparators.inputs.js";

@InputType({ description: "Comparators for what TaskFilter has a short form of." })
export class TaskConditions {
  @Field(() => TextCondition, { nullable: true, description: "Its name; case does not matter." })
  name?: TextCondition | null;
}

@InputType("TaskFilter", { description: "Conditions that a task must meet, all of them." })
export class TaskFilterInput {
  @Field(() => String, { nullable: true, description: "Has this name; case does not matter." })
  name?: string | null;

  @Field(() => [TaskStatusEnum], { nullable: true, description: "Is in one of these states." })
  status?: TaskStatus[] | null;

  @Field(() => LabelsCondition, { nullable: true, description: "The names of its classes." })
  classes?: LabelsCondition | null;

  @Field(() => CountRange, { nullable: true, description: "Has so many samples." })
  sampleCount?: CountRange | null;

  @Field(() => Boolean, { nullable: true, description: "Whether it is the newest version of its name." })
  latest?: boolean | null;

  @Field(() => TextCondition, { nullable: true, description: "Who added it." })
  createdBy?: TextCondition | null;

  @Field(() => TimeRange, { nullable: true, description: "When it was added." })
  createdAt?: TimeRange | null;

  @Field(() => String, {
    nullable: true,
    description: "Holds these words in its name or classes, or has the text as it stands in its name.",
  })
  text?: string | null;

  @Field(() => TaskConditions, { nullable: true, description: "Further comparators." })
  where?: TaskConditions | null;

  @Field(() => [TaskFilterInput], { nullable: true, description: "Meets all of these." })
  and?: TaskFilterInput[] | null;

  @Field(() => [TaskFilterInput], { nullable: true, description: "Meets one of these." })
  or?: TaskFilterInput[] | null;

  @Field(() => TaskFilterInput, { nullable: true, description: "Does not meet this." })
  not?: TaskFilterInput | null;
}

@InputType("JobFilter", { description: "Conditions that a job must meet, all of them." })
export class JobFilterInput {
  @Field(() => [JobStateEnum], { nullable: true, description: "Is in one of these states." })
  state?: JobState[] | null;

  @Field(() => [JobKindEnum], { nullable: true, description: "Is of one of these kinds." })
  kind?: JobKind[] | null;

  @Field(() => TimeRange, { nullable: true, description: "When it was queued." })
  createdAt?: TimeRange | null;

  @Field(() => [JobFilterInput], { nullable: true, description: "Meets all of these." })
  and?: JobFilterInput[] | null;

  @Field(() => [JobFilterInput], { nullable: true, description: "Meets one of these." })
  or?: JobFilterInput[] | null;

  @Field(() => JobFilterInput, { nullable: true, description: "Does not meet this." })
  not?: JobFilterInput | null;
}

@InputType("RankingFilter", { description: "Conditions that a kept ranking must meet, all of them." })
export class RankingFilterInput {
  @Field(() => [RankingStageEnum], { nullable: true, description: "Has come so far." })
  stage?: RankingStage[] | null;

  @Field(() => TextCondition, { nullable: true, description: "Who kept or started it." })
  createdBy?: TextCondition | null;

  @Field(() => TimeRange, { nullable: true, description: "When it was written down." })
  createdAt?: TimeRange | null;

  @Field(() => [RankingFilterInput], { nullable: true, description: "Meets all of these." })
  and?: RankingFilterInput[] | null;

  @Field(() => [RankingFilterInput], { nullable: true, description: "Meets one of these." })
  or?: RankingFilterInput[] | null;

  @Field(() => RankingFilterInput, { nullable: true, description: "Does not meet this." })
  not?: RankingFilterInput | null;
}

@InputType("SpiderFilter", { description: "Conditions that a spider must meet, all of them." })
export class SpiderFilterInput {
  @Field(() => [SpiderStatusEnum], { nullable: true, description: "Is in one of these states." })
  status?: SpiderStatus[] | null;

  @Field(() => Boolean, { nullable: true, description: "Whether rankings come from it." })
  active?: boolean | null;

  @Field(() => CountRange, { nullable: true, description: "Its version." })
  version?: CountRange | null;

  @Field(() => TimeRange, { nullable: true, description: "When its training began or it was imported." })
  createdAt?: TimeRange | null;

  @Field(() => [SpiderFilterInput], { nullable: true, description: "Meets all of these." })
  and?: SpiderFilterInput[] | null;

  @Field(() => [SpiderFilterInput], { nullable: true, description: "Meets one of these." })
  or?: SpiderFilterInput[] | null;

  @Field(() => SpiderFilterInput, { nullable: true, description: "Does not meet this." })
  not?: SpiderFilterInput | null;
}

@InputType("PoolFilter", { description: "Conditions that a pool must meet, all of them." })
export class PoolFilterInput {
  @Field(() => TextCondition, { nullable: true, description: "Its name; case does not matter." })
  name?: TextCondition | null;

  @Field(() => [PoolStatusEnum], { nullable: true, description: "Is in one of these states." })
  status?: PoolStatus[] | null;

  @Field(() => TextCondition, { nullable: true, description: "Who made it." })
  createdBy?: TextCondition | null;

  @Field(() => TimeRange, { nullable: true, description: "When it came into the registry." })
  createdAt?: TimeRange | null;

  @Field(() => [PoolFilterInput], { nullable: true, description: "Meets all of these." })
  and?: PoolFilterInput[] | null;

  @Field(() => [PoolFilterInput], { nullable: true, description: "Meets one of these." })
  or?: PoolFilterInput[] | null;

  @Field(() => PoolFilterInput, { nullable: true, description: "Does not meet this." })
  not?: PoolFilterInput | null;
}

@InputType("TransferabilityScoreFilter", {
  description: "Conditions that a transferability score must meet, all of them.",
})
export class TransferabilityScoreFilterInput {
  @Field(() => ID, { nullable: true, description: "Is of this task." })
  taskId?: string | null;

  @Field(() => ID, { nullable: true, description: "Is of this PTM." })
  ptmId?: string | null;

  @Field(() => [TransferabilityMetricEnum], { nullable: true, description: "Is of one of these metrics." })
  metric?: TransferabilityMetric[] | null;

  @Field(() => CountRange, { nullable: true, description: "The value; a score without one meets none." })
  value?: CountRange | null;

  @Field(() => TimeRange, { nullable: true, description: "When it was measured." })
  createdAt?: TimeRange | null;

  @Field(() => [TransferabilityScoreFilterInput], { nullable: true, description: "Meets all of these." })
  and?: TransferabilityScoreFilterInput[] | null;

  @Field(() => [TransferabilityScoreFilterInput], { nullable: true, description: "Meets one of these." })
  or?: TransferabilityScoreFilterInput[] | null;

  @Field(() => TransferabilityScoreFilterInput, { nullable: true, description: "Does not meet this." })
  not?: TransferabilityScoreFilterInput | null;
}

@InputType("ChangeFilter", { description: "Conditions that a change must meet, all of them." })
export class ChangeFilterInput {
  @Field(() => [String], { nullable: true, description: "Is what one of these mutations did." })
  action?: string[] | null;

  @Field(() => TextCondition, { nullable: true, description: "Who made it." })
  actor?: TextCondition | null;

  @Field(() => TimeRange, { nullable: true, description: "When it was made." })
  at?: TimeRange | null;

  @Field(() => [ChangeFilterInput], { nullable: true, description: "Meets all of these." })
  and?: ChangeFilterInput[] | null;

  @Field(() => [ChangeFilterInput], { nullable: true, description: "Meets one of these." })
  or?: ChangeFilterInput[] | null;

  @Field(() => ChangeFilterInput, { nullable: true, description: "Does not meet this." })
  not?: ChangeFilterInput | null;
}
