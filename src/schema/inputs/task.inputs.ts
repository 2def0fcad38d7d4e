import { Field, ID, InputType, Int } from "type-graphql";

import { Float32Vector, Sha256 } from "../scalars.js";
import { IdempotentInput } from "./idempotent.inputs.js";
import { PtmFilterInput } from "./ptm-filter.inputs.js";

@InputType({
  description: "A private task: class centres of the general encoder's features; the samples stay at home.",
})
export class ClassCentresInput {
  @Field(() => [String], { description: "Names of the classes, one for each centre." })
  classes!: string[];

  @Field(() => Float32Vector, { description: "Shape [classes, width], row-major; see Spider.encoderWidth." })
  vectors!: Float32Array;
}

@InputType({ description: "A task to add: either an uploaded archive or class centres." })
export class AddTaskInput extends IdempotentInput {
  @Field(() => String, { description: "1 to 200 visible characters." })
  name!: string;

  @Field(() => Sha256, {
    nullable: true,
    description:
      "Digest of an uploaded archive: a zip with one folder of PNG or JPEG files per class, or an .npz with images, labels " +
      "and class_names. Upload it first: PUT /artifacts/<sha256>.",
  })
  artifact?: string | null;

  @Field(() => ClassCentresInput, { nullable: true, description: "Class centres alone." })
  centres?: ClassCentresInput | null;

  @Field(() => Boolean, {
    defaultValue: false,
    description: "Whether other data under a name that exists shall become its next version.",
  })
  newVersion!: boolean;
}

@InputType({ description: "A coarse ranking to write down." })
export class KeepRankingInput extends IdempotentInput {
  @Field(() => ID, { description: "The task." })
  taskId!: string;

  @Field(() => Int, { defaultValue: 10, description: "How many PTMs, 1 to 1000." })
  topK!: number;

  @Field(() => PtmFilterInput, { nullable: true, description: "Which PTMs may enter." })
  filter?: PtmFilterInput | null;
}
