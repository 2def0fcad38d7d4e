import { Field, ID, Int, InterfaceType, ObjectType } from "type-graphql";

import { connectionType } from "../connections.js";
import { nodeTypeOf } from "../node-type.js";
import { DateTime, Float32Vector, Sha256 } from "../scalars.js";
import { NodeType } from "./node.type.js";

@InterfaceType("Token", {
  description: "What a spider reads of a PTM or a task.",
  resolveType: nodeTypeOf,
})
export abstract class TokenType {
  @Field(() => ID, { description: "Opaque and unique over all types." })
  id!: string;

  @Field(() => Int, { description: "Dimensions of one vector." })
  width!: number;

  @Field(() => Sha256, { description: "Digest of the vectors' bytes." })
  digest!: string;

  @Field(() => String, {
    nullable: true,
    description: "Version of Orbweaver that computed it; null where that was not written down yet.",
  })
  codeVersion!: string | null;

  @Field(() => DateTime, { description: "When it was computed." })
  createdAt!: Date;
}

@ObjectType("PtmToken", {
  description: "The learned vector that summarises a PTM for one spider.",
  implements: [TokenType, NodeType],
  simpleResolvers: true,
})
export class PtmTokenType extends TokenType {
  @Field(() => Float32Vector, { description: "Shape [width]." })
  vector!: Float32Array;
}

@ObjectType("TaskToken", {
  description: "The class centres of a task in the general encoder's feature space.",
  implements: [TokenType, NodeType],
  simpleResolvers: true,
})
export class TaskTokenType extends TokenType {
  @Field(() => Sha256, { description: "Digest of the general encoder that made it." })
  encoderSha256!: string;

  @Field(() => Int, { description: "How many classes it has a centre of." })
  classCount!: number;

  @Field(() => Float32Vector, { description: "Shape [classCount, width], row-major, in class order." })
  vectors!: Float32Array;
}

@ObjectType("SpecificToken", {
  description: "The class centres of a task in the feature space of one PTM that was run on it.",
  implements: [TokenType, NodeType],
  simpleResolvers: true,
})
export class SpecificTokenType extends TokenType {
  @Field(() => Int, { description: "How many classes it has a centre of." })
  classCount!: number;
}

export const SpecificTokenConnection = connectionType("SpecificToken", () => SpecificTokenType);
