import { Field, InputType } from "type-graphql";

import type { Modality, PtmStatus } from "../../entities/ptm.js";
import { ModalityEnum, PtmStatusEnum } from "../enums.js";
import { CountRange, LabelsCondition, TextCondition, TimeRange } from "./comparators.inputs.js";

@InputType({ description: "Comparators for what PtmFilter has a short form of." })
export class PtmConditions {
  @Field(() => TextCondition, { nullable: true, description: "Its name; case does not matter." })
  name?: TextCondition | null;

  @Field(() => TextCondition, { nullable: true, description: "Its licence." })
  license?: TextCondition | null;

  @Field(() => TextCondition, { nullable: true, description: "Its architecture." })
  architecture?: TextCondition | null;

  @Field(() => LabelsCondition, { nullable: true, description: "Its tags." })
  tags?: LabelsCondition | null;
}

@InputType("PtmFilter", { description: "Conditions that a PTM must meet, all of them." })
export class PtmFilterInput {
  @Field(() => String, { nullable: true, description: "Has this name; case does not matter." })
  name?: string | null;

  @Field(() => [String], { nullable: true, description: "Has every one of these tags." })
  tags?: string[] | null;

  @Field(() => [String], { nullable: true, description: "Has one of these licences." })
  license?: string[] | null;

  @Field(() => [String], { nullable: true, description: "Is of one of these architectures." })
  architecture?: string[] | null;

  @Field(() => [ModalityEnum], { nullable: true, description: "Takes one of these." })
  modality?: Modality[] | null;

  @Field(() => [PtmStatusEnum], { nullable: true, description: "Is in one of these states." })
  status?: PtmStatus[] | null;

  @Field(() => CountRange, { nullable: true, description: "Has so many weights." })
  parameterCount?: CountRange | null;

  @Field(() => CountRange, { nullable: true, description: "Has a file of so many bytes." })
  sizeBytes?: CountRange | null;

  @Field(() => CountRange, {
    nullable: true,
    description:
      "Takes so many multiply-accumulate operations an image; those where they are not known are left out.",
  })
  macs?: CountRange | null;

  @Field(() => CountRange, { nullable: true, description: "Gives so many features." })
  featureWidth?: CountRange | null;

  @Field(() => Boolean, { nullable: true, description: "Whether it is the newest version of its name." })
  latest?: boolean | null;

  @Field(() => [String], { nullable: true, description: "Has every one of these aliases." })
  aliases?: string[] | null;

  @Field(() => TextCondition, { nullable: true, description: "Who added it." })
  createdBy?: TextCondition | null;

  @Field(() => TimeRange, { nullable: true, description: "When it was added." })
  createdAt?: TimeRange | null;

  @Field(() => String, {
    nullable: true,
    description:
      "Holds these words in its name, tags or card, in any form of theirs (quotes, `or` and a leading minus as in web " +
      "searches), or has the text as it stands in its name.",
  })
  text?: string | null;

  @Field(() => PtmConditions, { nullable: true, description: "Further comparators." })
  where?: PtmConditions | null;

  @Field(() => [PtmFilterInput], { nullable: true, description: "Meets all of these." })
  and?: PtmFilterInput[] | null;

  @Field(() => [PtmFilterInput], { nullable: true, description: "Meets one of these." })
  or?: PtmFilterInput[] | null;

  @Field(() => PtmFilterInput, { nullable: true, description: "Does not meet this." })
  not?: PtmFilterInput | null;
}
