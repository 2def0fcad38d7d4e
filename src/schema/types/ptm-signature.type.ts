import { Field, Int, ObjectType, registerEnumType } from "type-graphql";

import type { Ptm } from "../../entities/ptm.js";
import { FiniteFloat } from "../scalars.js";

export enum ImageLayout {
  NCHW = "NCHW",
  NHWC = "NHWC",
}
registerEnumType(ImageLayout, {
  name: "ImageLayout",
  description: "The order of an image tensor's axes: N images, C channels, H height, W width.",
  valuesConfig: { NCHW: { description: "Channels first." }, NHWC: { description: "Channels last." } },
});

@ObjectType("PtmSignature", {
  description:
    "How a network takes images and gives features. Pixels 0 to 255 are mapped linearly to [low, high], then normalised " +
    "as (x - mean) / std.",
  simpleResolvers: true,
})
export class PtmSignatureType {
  @Field(() => String, { description: "Name of the graph's image input." })
  input!: string;

  @Field(() => ImageLayout, { description: "The order of the input's axes." })
  layout!: ImageLayout;

  @Field(() => Int, { description: "Pixels." })
  height!: number;

  @Field(() => Int, { description: "Pixels." })
  width!: number;

  @Field(() => FiniteFloat, { description: "What black becomes." })
  low!: number;

  @Field(() => FiniteFloat, { description: "What white becomes." })
  high!: number;

  @Field(() => [FiniteFloat], {
    description: "One number for all channels, or one for each of red, green, blue.",
  })
  mean!: number[];

  @Field(() => [FiniteFloat], {
    description: "One number for all channels, or one for each of red, green, blue.",
  })
  std!: number[];

  @Field(() => String, { description: "Output with the penultimate features, [n, width]." })
  features!: string;

  @Field(() => String, {
    nullable: true,
    description: "Output with the softmax over the source classes, [n, classes].",
  })
  probabilities!: string | null;
}

/** A signature as the API gives it: flat, and with lists where one number stands for three. */
export function toSignatureType(signature: Ptm["signature"]): object {
  const { range, mean, std, outputs, ...rest } = signature;
  const list = (values: number | readonly number[]) => (typeof values === "number" ? [values] : values);
  const [low, high] = range;
  return { ...rest, ...outputs, low, high, mean: list(mean), std: list(std) };
}
