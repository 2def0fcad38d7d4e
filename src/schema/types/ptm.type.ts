import { Field, Int, ObjectType } from "type-graphql";

import type { Modality, PtmStatus } from "../../entities/ptm.js";
import { connectionType } from "../connections.js";
import { ModalityEnum, PtmStatusEnum } from "../enums.js";
import { DateTime, FiniteFloat } from "../scalars.js";
import { NodeType } from "./node.type.js";
import { PtmSignatureType } from "./ptm-signature.type.js";

@ObjectType("Ptm", {
  description:
    "A pre-trained model: one registry entry, one fixed set of weights. New weights are a new version.",
  implements: NodeType,
  simpleResolvers: true,
})
export class PtmType extends NodeType {
  @Field(() => String, { description: "Shared by all versions." })
  name!: string;

  @Field(() => Int, { description: "1 is the first." })
  version!: number;

  @Field(() => PtmStatusEnum, { description: "How far it is on its way into rankings." })
  status!: PtmStatus;

  @Field(() => String, {
    nullable: true,
    description: "Why the status is what it is, where that needs saying.",
  })
  statusReason!: string | null;

  @Field(() => String, { nullable: true, description: "The family of the network, such as `resnet50`." })
  architecture!: string | null;

  @Field(() => String, { nullable: true, description: "Under what licence the weights come." })
  license!: string | null;

  @Field(() => ModalityEnum, { description: "What it takes." })
  modality!: Modality;

  @Field(() => [String], { description: "Free labels to find it by." })
  tags!: string[];

  @Field(() => String, { nullable: true, description: "The model card, in Markdown." })
  card!: string | null;

  @Field(() => PtmSignatureType, { description: "How it takes images and gives features." })
  signature!: PtmSignatureType;

  @Field(() => FiniteFloat, { description: "Bytes of the ONNX file." })
  sizeBytes!: number;

  @Field(() => FiniteFloat, { description: "Weights, counted in the ONNX graph." })
  parameterCount!: number;

  @Field(() => FiniteFloat, {
    nullable: true,
    description:
      "Multiply-accumulate operations for one image: those of convolutions and matrix products, as published figures count " +
      "them. Null until it was run once, or where a count would be a guess; see `macsReason`.",
  })
  macs!: number | null;

  @Field(() => String, { nullable: true, description: "Why its MACs cannot be known, where they cannot." })
  macsReason!: string | null;

  @Field(() => Int, { nullable: true, description: "Width of its features; known once it was run." })
  featureWidth!: number | null;

  @Field(() => Boolean, { description: "Whether it is the newest version of its name." })
  latest!: boolean;

  @Field(() => [String], {
    description:
      "Names that move from version to version, such as `production`; no other version of its name has them.",
  })
  aliases!: string[];

  @Field(() => DateTime, { nullable: true, description: "Since when it is retired." })
  retiredAt!: Date | null;

  @Field(() => String, { nullable: true, description: "Why it is retired." })
  retirementReason!: string | null;

  @Field(() => String, { description: "Who added it." })
  createdBy!: string;

  @Field(() => DateTime, { description: "When it was added." })
  createdAt!: Date;
}

export const PtmConnection = connectionType("Ptm", () => PtmType);
