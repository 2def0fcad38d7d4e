import { Field, Int, ObjectType } from "type-graphql";

import type { PoolStatus } from "../../entities/pool.js";
import type { TransferabilityMetric } from "../../entities/transferability-score.js";
import { connectionType } from "../connections.js";
import { PoolStatusEnum, TransferabilityMetricEnum } from "../enums.js";
import { DateTime, Sha256 } from "../scalars.js";
import { NodeType } from "./node.type.js";

@ObjectType("Pool", {
  description:
    "Labelled samples of several sources that spiders learn from: training tasks are drawn from them, and PTMs are scored there.",
  implements: NodeType,
  simpleResolvers: true,
})
export class PoolType extends NodeType {
  @Field(() => String, { description: "Unique." })
  name!: string;

  @Field(() => PoolStatusEnum, { description: "Whether spiders can learn from it." })
  status!: PoolStatus;

  @Field(() => String, { nullable: true, description: "Why it failed." })
  statusReason!: string | null;

  @Field(() => Sha256, { description: "Digest of the general encoder that was run on its samples." })
  encoderSha256!: string;

  @Field(() => Int, { description: "Training tasks that the PTMs are scored on." })
  taskCount!: number;

  @Field(() => Int, { description: "Draws the training tasks." })
  taskSeed!: number;

  @Field(() => [TransferabilityMetricEnum], { description: "What the PTMs are scored by." })
  metrics!: TransferabilityMetric[];

  @Field(() => String, { description: "Who made it." })
  createdBy!: string;

  @Field(() => DateTime, { description: "When it came into the registry." })
  createdAt!: Date;
}

export const PoolConnection = connectionType("Pool", () => PoolType);

@ObjectType("PoolSource", {
  description: "One of the labelled artifacts that a pool consists of.",
  simpleResolvers: true,
})
export class PoolSourceType {
  @Field(() => Int, { description: "Its number in the pool." })
  position!: number;

  @Field(() => String, { description: "What it is called." })
  name!: string;

  @Field(() => Sha256, {
    nullable: true,
    description:
      "Digest of its archive; null where only what networks gave for its samples is kept, so that no further PTM can be run.",
  })
  artifactSha256!: string | null;
}
