import { Field, ID, InputType } from "type-graphql";

import { DateTime, Sha256 } from "../scalars.js";
import { IdempotentInput } from "./idempotent.inputs.js";
import { PtmSignatureInput } from "./ptm.inputs.js";

@InputType({ description: "Other weights of a PTM; what is absent is taken over from the version before." })
export class AddPtmVersionInput extends IdempotentInput {
  @Field(() => ID, { description: "Any version of the PTM." })
  ptmId!: string;

  @Field(() => Sha256, { description: "Digest of the uploaded ONNX file." })
  artifact!: string;

  @Field(() => PtmSignatureInput, { nullable: true, description: "How it takes images and gives features." })
  signature?: PtmSignatureInput | null;

  @Field(() => ID, { nullable: true, description: "The PTM whose weights it was made from." })
  baseModelId?: string | null;

  @Field(() => String, { nullable: true, description: "Under what licence the weights come." })
  license?: string | null;

  @Field(() => [String], { nullable: true, description: "Free labels to find it by, at most 50." })
  tags?: string[] | null;

  @Field(() => String, { nullable: true, description: "The model card, in Markdown." })
  card?: string | null;
}

@InputType({ description: "What changes about a PTM; what is absent stays." })
export class UpdatePtmInput {
  @Field(() => ID, { description: "The PTM." })
  ptmId!: string;

  @Field(() => String, { nullable: true, description: "The model card, in Markdown; null takes it away." })
  card?: string | null;

  @Field(() => String, { nullable: true, description: "The licence; null takes it away." })
  license?: string | null;

  @Field(() => [String], { nullable: true, description: "All of its tags, at most 50." })
  tags?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description:
      "All of its aliases, at most 20. Those that another version of the name holds move to this one; moving `production` " +
      "needs a curator.",
  })
  aliases?: string[] | null;
}

@InputType({ description: "A PTM to take out of rankings." })
export class RetirePtmInput {
  @Field(() => ID, { description: "The PTM." })
  ptmId!: string;

  @Field(() => String, { description: "Why, at most 2,000 characters." })
  reason!: string;

  @Field(() => DateTime, { nullable: true, description: "Since when, not in the future; absent for now." })
  at?: Date | null;

  @Field(() => ID, { nullable: true, description: "What to take in its place." })
  successorId?: string | null;
}

@InputType({ description: "A retired PTM to take back." })
export class UnretirePtmInput {
  @Field(() => ID, { description: "The PTM." })
  ptmId!: string;
}
