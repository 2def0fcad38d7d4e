import { Field, Int, ObjectType } from "type-graphql";

import { connectionType } from "../connections.js";
import { DateTime, Sha256 } from "../scalars.js";
import { NodeType } from "./node.type.js";

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

  @Field(() => Sha256, { description: "Digest of its snapshot (safetensors)." })
  snapshotSha256!: string;

  @Field(() => Sha256, { description: "Digest of the general encoder whose class centres it reads." })
  encoderSha256!: string;

  @Field(() => Int, { description: "Width of the general encoder's features: the width of class centres." })
  encoderWidth!: number;

  @Field(() => DateTime, { description: "When it came into the registry." })
  createdAt!: Date;
}

export const SpiderConnection = connectionType("Spider", () => SpiderType);
