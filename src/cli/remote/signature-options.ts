import { readFile } from "node:fs/promises";

import type { Command } from "commander";
import type { PtmSignatureInput } from "orbweaver-client";

import { inspectModel } from "../../engine/onnx/inspect.js";
import { ModelRefused } from "../../engine/onnx/model-refused.js";
import { DomainError } from "../../errors.js";
import { whole } from "./ptm-filter.js";

/** How a network takes images; what is not said is read from the ONNX file. */
export interface SignatureOptions {
  readonly input?: string;
  readonly size?: number;
  readonly layout?: "NCHW" | "NHWC";
  readonly low?: number;
  readonly high?: number;
  readonly mean?: string[];
  readonly std?: string[];
  readonly features?: string;
  readonly probabilities?: string;
}

export function withSignatureOptions(command: Command): Command {
  return command
    .option("--input <name>", "the graph's image input; without it, its only one, of an import `image`")
    .option("--size <pixels>", "side of its square images; without it, as the graph says", whole(1, 4096))
    .option("--layout <axes>", "NCHW or NHWC; without it, as the graph's shape says")
    .option("--low <number>", "what black becomes", Number, 0)
    .option("--high <number>", "what white becomes", Number, 1)
    .option("--mean <numbers...>", "subtracted: one number, or three for red, green, blue")
    .option("--std <numbers...>", "divided by: one number, or three")
    .option("--features <name>", "output with the penultimate features", "features")
    .option("--probabilities <name>", "output with the softmax over the source classes");
}

/** The signature that options and file say together. @throws DomainError BAD_USER_INPUT saying which option is needed */
export async function signatureOf(file: string, options: SignatureOptions): Promise<PtmSignatureInput> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new DomainError("NOT_FOUND", `There is no readable file ${file}.`, { cause });
  });
  const { inputs } = inspected(bytes, file);
  const input =
    options.input === undefined
      ? inputs.length === 1
        ? inputs[0]
        : undefined
      : inputs.find(({ name }) => name === options.input);
  if (input === undefined) {
    const names = inputs.map(({ name }) => `"${name}"`).join(", ");
    throw new DomainError(
      "BAD_USER_INPUT",
      `Say which input takes the images with --input: the graph has ${names}.`,
    );
  }
  const axes = (input.shape ?? []).map((axis) => (typeof axis === "number" ? axis : undefined));
  const layout = options.layout ?? (axes[3] === 3 ? "NHWC" : "NCHW");
  const [height, width] = layout === "NCHW" ? [axes[2], axes[3]] : [axes[1], axes[2]];
  const size = { height: options.size ?? height, width: options.size ?? width };
  if (size.height === undefined || size.width === undefined) {
    throw new DomainError(
      "BAD_USER_INPUT",
      `The graph takes images of any size: say with --size which it was trained on.`,
    );
  }
  return assembled({ ...options, layout }, input.name, size.height, size.width);
}

/** The signature of a file that is not here: everything must be said. */
export function statedSignature(options: SignatureOptions): PtmSignatureInput {
  if (options.size === undefined) {
    throw new DomainError("BAD_USER_INPUT", "Say with --size which images it was trained on.");
  }
  return assembled(options, options.input ?? "image", options.size, options.size);
}

function assembled(
  options: SignatureOptions,
  input: string,
  height: number,
  width: number,
): PtmSignatureInput {
  return {
    input,
    layout: options.layout ?? "NCHW",
    height,
    width,
    low: options.low ?? 0,
    high: options.high ?? 1,
    mean: (options.mean ?? ["0"]).map(Number),
    std: (options.std ?? ["1"]).map(Number),
    features: options.features ?? "features",
    probabilities: options.probabilities,
  };
}

function inspected(bytes: Uint8Array, file: string) {
  try {
    return inspectModel(bytes);
  } catch (error) {
    if (!(error instanceof ModelRefused)) throw error;
    throw new DomainError("BAD_USER_INPUT", `${file}: ${error.code}: ${error.message}`, { cause: error });
  }
}
