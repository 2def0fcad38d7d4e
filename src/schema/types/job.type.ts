import { Field, Int, ObjectType } from "type-graphql";

import type { JobKind, JobState } from "../../entities/job.js";
import { connectionType } from "../connections.js";
import { JobKindEnum, JobStateEnum } from "../enums.js";
import { DateTime, FiniteFloat } from "../scalars.js";
import { NodeType } from "./node.type.js";

@ObjectType("Job", { description: "Background work.", implements: NodeType, simpleResolvers: true })
export class JobType extends NodeType {
  @Field(() => JobKindEnum, { description: "What it does." })
  kind!: JobKind;

  @Field(() => JobStateEnum, { description: "Where it stands." })
  state!: JobState;

  @Field(() => FiniteFloat, { description: "How much is done, 0 to 1." })
  progress!: number;

  @Field(() => String, { nullable: true, description: "What it is doing." })
  stage!: string | null;

  @Field(() => Int, { description: "How often a worker took it up." })
  attempts!: number;

  @Field(() => String, { nullable: true, description: "Why it failed." })
  errorMessage!: string | null;

  @Field(() => DateTime, { description: "When it was queued." })
  createdAt!: Date;

  @Field(() => DateTime, { nullable: true, description: "When a worker first took it up." })
  startedAt!: Date | null;

  @Field(() => DateTime, { nullable: true, description: "When it ended." })
  finishedAt!: Date | null;
}

export const JobConnection = connectionType("Job", () => JobType);
