import { inputShape } from "../tokens/signature.js";
import type { PtmSignature } from "../tokens/signature.js";
import type { ModelInspection } from "./inspect.js";
import { ModelRefused } from "./model-refused.js";
import { quote } from "./quote.js";
import type { ModelValue } from "./read-value.js";

/** Larger inputs than any published image PTM takes; what is above is a mistake or an attack. */
const MAXIMUM_IMAGE_SIDE = 4096;

/** What a model's declared shapes leave open is undefined; the run decides it. */
export interface SignatureFacts {
  /** D, the width of the features. */
  readonly featureWidth: number | undefined;
  /** S, the number of source classes. */
  readonly sourceClassCount: number | undefined;
  /** The one batch size the model takes, if it fixes it. */
  readonly batchSize: number | undefined;
}

/**
 * Holds a PTM's signature against what its file declares, so that a wrong name, size or type is told at registration
 * and not by the first run.
 *
 * @throws ModelRefused INVALID_MODEL if the signature itself is wrong or does not fit the file, UNSUPPORTED_MODEL if it
 *   fits but asks for element types other than float32 or for further inputs
 */
export function checkSignature(inspection: ModelInspection, signature: PtmSignature): SignatureFacts {
  checkNumbers(signature);
  const { features, probabilities } = signature.outputs;
  const input = find("input", inspection.inputs, signature.input);
  for (const { name } of inspection.inputs) {
    if (name !== signature.input) {
      throw new ModelRefused(
        "UNSUPPORTED_MODEL",
        `the model has a further input ${quote(name)}: one image input is expected`,
      );
    }
  }
  const batchSize = checkInput(input, signature);
  const featureWidth = checkOutput(find("output", inspection.outputs, features), batchSize);
  const sourceClassCount =
    probabilities === undefined
      ? undefined
      : checkOutput(find("output", inspection.outputs, probabilities), batchSize);
  return { featureWidth, sourceClassCount, batchSize };
}

function checkInput(input: ModelValue, signature: PtmSignature): number | undefined {
  requireFloat32("input", input);
  if (input.shape === undefined) return undefined;
  const expected = inputShape(signature, 1).slice(1);
  const fits =
    input.shape.length === 4 &&
    expected.every((size, i) => typeof input.shape?.[i + 1] === "string" || input.shape?.[i + 1] === size);
  if (!fits) {
    const order = signature.layout;
    throw new ModelRefused(
      "INVALID_MODEL",
      `input ${quote(input.name)} has shape ${show(input)}, the signature says ${order} [n, ${expected.join(", ")}]`,
    );
  }
  return fixed(input.shape[0]);
}

function checkOutput(output: ModelValue, batchSize: number | undefined): number | undefined {
  requireFloat32("output", output);
  if (output.shape === undefined) return undefined;
  const rows = fixed(output.shape[0]);
  const isRowPerImage = output.shape.length === 2 && (rows === undefined || rows === batchSize);
  if (!isRowPerImage || output.shape[1] === 0) {
    throw new ModelRefused(
      "INVALID_MODEL",
      `output ${quote(output.name)} has shape ${show(output)}, expected [n, width], a row for each image`,
    );
  }
  return fixed(output.shape[1]);
}

function checkNumbers({ channels, height, width, range, mean, std, layout }: PtmSignature): void {
  const refuse = (what: string): never => {
    throw new ModelRefused("INVALID_MODEL", `signature: ${what}`);
  };
  if (layout !== "NCHW" && layout !== "NHWC") refuse(`layout must be NCHW or NHWC, got ${String(layout)}`);
  if (channels !== 3) refuse(`channels must be 3, got ${String(channels)}`);
  for (const [side, size] of Object.entries({ height, width })) {
    if (!Number.isInteger(size) || size < 1 || size > MAXIMUM_IMAGE_SIDE) {
      refuse(`${side} must be an integer in [1, ${MAXIMUM_IMAGE_SIDE}], got ${size}`);
    }
  }
  if (range.length !== 2 || !range.every(Number.isFinite) || range[0] >= range[1]) {
    refuse(`range must be [low, high] with low < high, got [${range.join(", ")}]`);
  }
  for (const [statistic, value] of Object.entries({ mean, std })) {
    const values = typeof value === "number" ? [value] : value;
    if ((typeof value !== "number" && values.length !== 3) || !values.every(Number.isFinite)) {
      refuse(`${statistic} must be a finite number or three, got [${values.join(", ")}]`);
    }
    if (statistic === "std" && values.some((deviation) => deviation <= 0)) {
      refuse(`std must be > 0, got [${values.join(", ")}]`);
    }
  }
}

function find(kind: "input" | "output", values: readonly ModelValue[], name: string): ModelValue {
  const found = values.find((value) => value.name === name);
  if (found !== undefined) return found;
  const names = values
    .slice(0, 10)
    .map((value) => quote(value.name))
    .join(", ");
  throw new ModelRefused(
    "INVALID_MODEL",
    `the model has no ${kind} ${quote(name)}; it has ${names || "none"}`,
  );
}

function requireFloat32(kind: "input" | "output", { name, elementType }: ModelValue): void {
  if (elementType === "float32") return;
  throw new ModelRefused(
    "UNSUPPORTED_MODEL",
    `${kind} ${quote(name)} is of ${elementType || "unknown type"}, expected float32`,
  );
}

function fixed(size: number | string | undefined): number | undefined {
  return typeof size === "number" ? size : undefined;
}

function show({ shape }: ModelValue): string {
  return `[${(shape ?? []).map((size) => (size === "" ? "?" : size)).join(", ")}]`;
}
