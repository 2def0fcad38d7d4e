import { Field, ID, InputType, Int } from "type-graphql";

import type { OutcomeProtocol } from "../../entities/outcome.js";
import { OutcomeProtocolEnum } from "../enums.js";
import { FiniteFloat, Float32Vector, Sha256 } from "../scalars.js";
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

@InputType({ description: "A measurement of a PTM on a task." })
export class ReportOutcomeInput extends IdempotentInput {
  @Field(() => ID, { description: "The task." })
  taskId!: string;

  @Field(() => ID, { description: "The PTM." })
  ptmId!: string;

  @Field(() => String, { defaultValue: "accuracy", description: "What was measured; larger must be better." })
  metric!: string;

  @Field(() => FiniteFloat, { description: "The value; accuracies as fractions." })
  value!: number;

  @Field(() => OutcomeProtocolEnum, {
    defaultValue: "FULL_FINE_TUNE",
    description: "How the PTM was adapted.",
  })
  protocol!: OutcomeProtocol;

  @Field(() => String, { defaultValue: "test", description: "The samples it was measured on." })
  split!: string;

  @Field(() => Int, { defaultValue: 0, description: "The seed of the run; several runs have several seeds." })
  seed!: number;

  @Field(() => String, {
    nullable: true,
    description: "Where the run can be looked up: an http or https address.",
  })
  evidenceUrl?: string | null;
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
