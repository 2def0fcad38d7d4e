import { Arg, Ctx, Mutation, Resolver } from "type-graphql";

import { DomainError } from "../errors.js";
import type { Context } from "../schema/context.js";
import { ImportPtmInput } from "../schema/inputs/import.inputs.js";
import { RequiresRole } from "../schema/requires-role.js";
import { settle } from "../schema/settle.js";
import { ImportPtmPayload } from "../schema/types/payloads.type.js";
import type { ImportPtm, ImportPtmInput as ImportPtmCommand } from "../services/imports/import-ptm.js";
import type { ImportSource } from "../services/imports/import-source.js";
import { toSignature } from "./ptm-signature.js";

@Resolver()
export class ImportResolver {
  constructor(private readonly importPtmService: ImportPtm) {}

  @RequiresRole("CONTRIBUTOR")
  @Mutation(() => ImportPtmPayload, {
    description:
      "Fetches a PTM from another registry and adds it as `addPtm` would: a job whose `ptm` appears when the file is there. " +
      "Off unless the operator allows hosts. Safe to repeat.",
  })
  importPtm(@Arg("input", () => ImportPtmInput) input: ImportPtmInput, @Ctx() { viewer }: Context) {
    return settle(["input"], async () => this.importPtmService.run(toCommand(input), viewer));
  }
}

function toCommand({ huggingFace, mlflow, signature, ...input }: ImportPtmInput): ImportPtmCommand {
  const sources = [toHuggingFace(huggingFace), toMlflow(mlflow)].filter((source) => source !== undefined);
  const [source] = sources;
  if (source === undefined || sources.length > 1) {
    throw new DomainError("BAD_USER_INPUT", "Give exactly one source: huggingFace or mlflow.");
  }
  return { ...input, source, signature: toSignature(signature) };
}

function toHuggingFace(input: ImportPtmInput["huggingFace"]): ImportSource | undefined {
  if (input == null) return undefined;
  const { server, repository, revision, file } = input;
  return { kind: "HUGGING_FACE", server, repository, revision, file: file ?? undefined };
}

function toMlflow(input: ImportPtmInput["mlflow"]): ImportSource | undefined {
  if (input == null) return undefined;
  const { server, model, version, file } = input;
  return { kind: "MLFLOW", server, model, version, file };
}
