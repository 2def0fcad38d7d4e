import { Field, InputType } from "type-graphql";

import type { Modality } from "../../entities/ptm.js";
import { ModalityEnum } from "../enums.js";
import { IdempotentInput } from "./idempotent.inputs.js";
import { PtmSignatureInput } from "./ptm.inputs.js";

@InputType({ description: "A repository of the Hugging Face Hub." })
export class HuggingFaceSourceInput {
  @Field(() => String, {
    defaultValue: "https://huggingface.co",
    description: "The hub's https address; its host must be allowed (ORB_IMPORT_HOSTS).",
  })
  server!: string;

  @Field(() => String, { description: "The repository, as owner/name." })
  repository!: string;

  @Field(() => String, {
    defaultValue: "main",
    description: "A branch, tag or commit; everything is read at the commit that it names at that moment.",
  })
  revision!: string;

  @Field(() => String, {
    nullable: true,
    description: "Path of the ONNX file; without it, the only one of the repository.",
  })
  file?: string | null;
}

@InputType({ description: "A model version of an MLflow model registry." })
export class MlflowSourceInput {
  @Field(() => String, {
    description: "The tracking server's https address; its host must be allowed (ORB_IMPORT_HOSTS).",
  })
  server!: string;

  @Field(() => String, { description: "The registered model's name." })
  model!: string;

  @Field(() => String, { description: "The version's number, or an alias." })
  version!: string;

  @Field(() => String, { description: "Path of the ONNX file inside the version's artifacts." })
  file!: string;
}

@InputType({ description: "A PTM to import from another registry: exactly one source." })
export class ImportPtmInput extends IdempotentInput {
  @Field(() => HuggingFaceSourceInput, { nullable: true, description: "From the Hugging Face Hub." })
  huggingFace?: HuggingFaceSourceInput | null;

  @Field(() => MlflowSourceInput, { nullable: true, description: "From MLflow." })
  mlflow?: MlflowSourceInput | null;

  @Field(() => PtmSignatureInput, { description: "How it takes images and gives features." })
  signature!: PtmSignatureInput;

  @Field(() => ModalityEnum, { defaultValue: "IMAGE", description: "What it takes." })
  modality!: Modality;

  @Field(() => String, { nullable: true, description: "What to call it; without it, as the source does." })
  name?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Under what licence the weights come; without it, what the source says.",
  })
  license?: string | null;

  @Field(() => String, { nullable: true, description: "The family of the network." })
  architecture?: string | null;

  @Field(() => Boolean, {
    defaultValue: false,
    description: "Whether other weights under a name that exists shall become its next version.",
  })
  newVersion!: boolean;
}
