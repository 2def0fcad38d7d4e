import { Field, ID, InputType, Int } from "type-graphql";

import type { Modality } from "../../entities/ptm.js";
import { ModalityEnum } from "../enums.js";
import { FiniteFloat, Sha256 } from "../scalars.js";
import { ImageLayout } from "../types/ptm-signature.type.js";
import { IdempotentInput } from "./idempotent.inputs.js";

@InputType({ description: "How a network takes images and gives features; see PtmSignature." })
export class PtmSignatureInput {
  @Field(() => String, { description: "Name of the graph's image input." })
  input!: string;

  @Field(() => ImageLayout, { defaultValue: ImageLayout.NCHW, description: "The order of the input's axes." })
  layout!: ImageLayout;

  @Field(() => Int, { description: "Pixels." })
  height!: number;

  @Field(() => Int, { description: "Pixels." })
  width!: number;

  @Field(() => FiniteFloat, { defaultValue: 0, description: "What black becomes." })
  low!: number;

  @Field(() => FiniteFloat, { defaultValue: 1, description: "What white becomes." })
  high!: number;

  @Field(() => [FiniteFloat], { defaultValue: [0], description: "One number for all channels, or three." })
  mean!: number[];

  @Field(() => [FiniteFloat], { defaultValue: [1], description: "One number for all channels, or three." })
  std!: number[];

  @Field(() => String, { defaultValue: "features", description: "Output with the penultimate features." })
  features!: string;

  @Field(() => String, { nullable: true, description: "Output with the softmax over the source classes." })
  probabilities?: string | null;
}

@InputType({ description: "A PTM to add. Upload its ONNX file first: PUT /artifacts/<sha256>." })
export class AddPtmInput extends IdempotentInput {
  @Field(() => String, { description: "1 to 200 visible characters." })
  name!: string;

  @Field(() => Sha256, { description: "Digest of the uploaded ONNX file." })
  artifact!: string;

  @Field(() => PtmSignatureInput, { description: "How it takes images and gives features." })
  signature!: PtmSignatureInput;

  @Field(() => ModalityEnum, { defaultValue: "IMAGE", description: "What it takes." })
  modality!: Modality;

  @Field(() => String, { nullable: true, description: "The family of the network." })
  architecture?: string | null;

  @Field(() => String, { nullable: true, description: "Under what licence the weights come." })
  license?: string | null;

  @Field(() => [String], { defaultValue: [], description: "Free labels to find it by, at most 50." })
  tags!: string[];

  @Field(() => ID, { nullable: true, description: "The PTM whose weights it was made from." })
  baseModelId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The model card, in Markdown, at most 100,000 characters.",
  })
  card?: string | null;

  @Field(() => Boolean, {
    defaultValue: false,
    description: "Whether other weights under a name that exists shall become its next version.",
  })
  newVersion!: boolean;
}
