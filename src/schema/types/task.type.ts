import { Field, Int, ObjectType } from "type-graphql";

import type { TaskKind, TaskStatus } from "../../entities/task.js";
import { connectionType } from "../connections.js";
import { TaskKindEnum, TaskStatusEnum } from "../enums.js";
import { DateTime, Sha256 } from "../scalars.js";
import { NodeType } from "./node.type.js";

@ObjectType("Task", {
  description: "Labelled data for which somebody wants a PTM.",
  implements: NodeType,
  simpleResolvers: true,
})
export class TaskType extends NodeType {
  @Field(() => String, { description: "Shared by all versions." })
  name!: string;

  @Field(() => Int, { description: "1 is the first; other data under the same name are the next." })
  version!: number;

  @Field(() => TaskKindEnum, { description: "What it asks a model to predict." })
  kind!: TaskKind;

  @Field(() => TaskStatusEnum, { description: "Whether it can be ranked." })
  status!: TaskStatus;

  @Field(() => String, {
    nullable: true,
    description: "Why the status is what it is, where that needs saying.",
  })
  statusReason!: string | null;

  @Field(() => [String], { description: "Names of the classes, in label order." })
  classes!: string[];

  @Field(() => Int, {
    description: "Samples in the archive; 0 for a private task, which brings class centres alone.",
  })
  sampleCount!: number;

  @Field(() => Sha256, { description: "Digest of its archive, or of its class centres." })
  contentSha256!: string;

  @Field(() => Boolean, { description: "Whether it is the newest version of its name." })
  latest!: boolean;

  @Field(() => DateTime, { nullable: true, description: "Since when it is retired." })
  retiredAt!: Date | null;

  @Field(() => String, { nullable: true, description: "Why it is retired." })
  retirementReason!: string | null;

  @Field(() => String, { description: "Who added it." })
  createdBy!: string;

  @Field(() => DateTime, { description: "When it was added." })
  createdAt!: Date;
}

export const TaskConnection = connectionType("Task", () => TaskType);
