import assert from "node:assert/strict";
import { test } from "node:test";

import { checkSignature } from "../../../src/engine/onnx/check-signature.js";
import type { ModelInspection } from "../../../src/engine/onnx/inspect.js";
import { ModelRefused } from "../../../src/engine/onnx/model-refused.js";
import type { RefusalCode } from "../../../src/engine/onnx/model-refused.js";
import type { ModelValue } from "../../../src/engine/onnx/read-value.js";
import { inputShape } from "../../../src/engine/tokens/signature.js";
import type { PtmSignature } from "../../../src/engine/tokens/signature.js";

const signature: PtmSignature = {
  input: "image",
  layout: "NCHW",
  channels: 3,
  height: 32,
  width: 24,
  range: [0, 1],
  mean: [0.5, 0.5, 0.5],
  std: 0.25,
  outputs: { features: "features", probabilities: "probabilities" },
};

const image: ModelValue = { name: "image", elementType: "float32", shape: ["n", 3, 32, 24] };
const features: ModelValue = { name: "features", elementType: "float32", shape: ["n", 64] };
const probabilities: ModelValue = { name: "probabilities", elementType: "float32", shape: ["n", 10] };

function declares(inputs: ModelValue[], outputs: ModelValue[]): ModelInspection {
  return {
    irVersion: 8,
    producer: "",
    opsets: [],
    inputs,
    outputs,
    parameterCount: 0,
    nodeCount: 1,
    operators: new Map(),
    functions: [],
  };
}

const fitting = declares([image], [features, probabilities]);

function refuses(model: ModelInspection, wrong: unknown, code: RefusalCode, message: RegExp): void {
  const merged = { ...signature, ...(wrong as Partial<PtmSignature>) };
  assert.throws(
    () => checkSignature(model, merged),
    (error) => error instanceof ModelRefused && error.code === code && message.test(error.message),
    String(message),
  );
}

test("a fitting signature tells the widths that the file fixes", () => {
  const facts = checkSignature(fitting, signature);
  assert.deepEqual(facts, { featureWidth: 64, sourceClassCount: 10, batchSize: undefined });
});

test("shapes that the file leaves open fit every signature", () => {
  const open = declares([{ ...image, shape: undefined }], [{ ...features, shape: ["", ""] }]);
  const facts = checkSignature(open, { ...signature, outputs: { features: "features" } });
  assert.deepEqual(facts, { featureWidth: undefined, sourceClassCount: undefined, batchSize: undefined });
  const named = declares([{ ...image, shape: ["n", "c", "h", "w"] }], [features, probabilities]);
  assert.equal(checkSignature(named, signature).featureWidth, 64);
});

test("a fixed batch size is told", () => {
  const one = declares(
    [{ ...image, shape: [1, 3, 32, 24] }],
    [{ ...features, shape: [1, 64] }, probabilities],
  );
  assert.equal(checkSignature(one, signature).batchSize, 1);
});

test("inputShape follows the layout", () => {
  assert.deepEqual(inputShape(signature, 8), [8, 3, 32, 24]);
  assert.deepEqual(inputShape({ ...signature, layout: "NHWC" }, 8), [8, 32, 24, 3]);
});

test("what does not fit the file is refused with both sides", () => {
  refuses(fitting, { input: "x" }, "INVALID_MODEL", /no input "x"; it has "image"/);
  refuses(
    fitting,
    { outputs: { features: "f" } },
    "INVALID_MODEL",
    /no output "f"; it has "features", "prob/,
  );
  refuses(fitting, { layout: "NHWC" }, "INVALID_MODEL", /shape \[n, 3, 32, 24\].* NHWC \[n, 32, 24, 3\]/);
  refuses(fitting, { height: 33 }, "INVALID_MODEL", /NCHW \[n, 3, 33, 24\]/);
  const half = declares([{ ...image, elementType: "float16" }], [features, probabilities]);
  refuses(half, {}, "UNSUPPORTED_MODEL", /input "image" is of float16, expected float32/);
  const integers = declares([image], [{ ...features, elementType: "int64" }, probabilities]);
  refuses(integers, {}, "UNSUPPORTED_MODEL", /output "features" is of int64/);
  const maps = declares([image], [{ ...features, shape: ["n", 64, 7, 7] }, probabilities]);
  refuses(maps, {}, "INVALID_MODEL", /"features" has shape \[n, 64, 7, 7\], expected \[n, width\]/);
  const fixedRows = declares([image], [{ ...features, shape: [1, 64] }, probabilities]);
  refuses(fixedRows, {}, "INVALID_MODEL", /a row for each image/);
  const second = declares([image, { ...image, name: "mask" }], [features, probabilities]);
  refuses(second, {}, "UNSUPPORTED_MODEL", /further input "mask"/);
});

test("a signature that is wrong in itself is refused", () => {
  refuses(fitting, { layout: "HWC" }, "INVALID_MODEL", /layout must be NCHW or NHWC, got HWC/);
  refuses(fitting, { channels: 1 }, "INVALID_MODEL", /channels must be 3, got 1/);
  refuses(fitting, { height: 0 }, "INVALID_MODEL", /height must be an integer in \[1, 4096\], got 0/);
  refuses(fitting, { width: 1e9 }, "INVALID_MODEL", /width must be an integer/);
  refuses(fitting, { range: [1, 0] }, "INVALID_MODEL", /range must be \[low, high\]/);
  refuses(fitting, { mean: NaN }, "INVALID_MODEL", /mean must be a finite number or three, got \[NaN\]/);
  refuses(fitting, { mean: [1, 2] }, "INVALID_MODEL", /mean must be a finite number or three/);
  refuses(fitting, { std: 0 }, "INVALID_MODEL", /std must be > 0, got \[0\]/);
});
