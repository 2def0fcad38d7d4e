import assert from "node:assert/strict";
import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

import { ModelRefused } from "../../../../src/engine/onnx/model-refused.js";
import type { ProtobufWriter } from "../../../../src/engine/onnx/protobuf-writer.js";
import { ModelFailure } from "../../../../src/engine/runtime/sandbox/model-failure.js";
import { Sandbox, startSandboxProcess, wake } from "../../../../src/engine/runtime/sandbox/sandbox.js";
import type { ModelSource } from "../../../../src/engine/runtime/sandbox/sandbox.js";
import {
  FLOAT32,
  INT64,
  constantNode,
  endlessLoop,
  externalTensor,
  features,
  flattenModel,
  floats,
  graph,
  ifNode,
  images,
  int64s,
  model,
  node,
  sparseAttribute,
  sparseTensor,
  tensor,
  tensorAttribute,
  value,
} from "../../../support/onnx-parts.js";

/**
 * Every attack on the worker that is known, with the answer that it must get: refused before ONNX Runtime sees a byte, or
 * ended in the child. Beside `sandbox.test.ts`, which tests the sandbox; this file is the list.
 */
const MEBIBYTE = 1024 ** 2;
// Patient with all but the loop, so that a busy machine does not give another answer.
const OPTIONS = { memoryBytes: 1024 * MEBIBYTE, deadlineSeconds: 60, openDeadlineSeconds: 60 };
const HASTY = { ...OPTIONS, deadlineSeconds: 1 };
const PORTS = { input: "image", outputs: ["features"] };
const SECRET = 13;

// What an attacker would read: a file of the folder that the server itself runs in.
const folder = await mkdtemp(join(tmpdir(), "orbweaver-attacks-"));
const home = process.cwd();
process.chdir(folder);
await writeFile(".env", floats(SECRET, SECRET, SECRET, SECRET));
after(async () => {
  process.chdir(home);
  await rm(folder, { recursive: true });
});

const hidden = externalTensor("secret", ".env");
const index = tensor("index", [1], INT64, int64s(0));
const anyImages = value("image", FLOAT32, ["n", "c", "h", "w"]);
const computing = (...nodes: ProtobufWriter[]): ProtobufWriter =>
  model(graph({ nodes, inputs: [anyImages], outputs: [value("features", FLOAT32, ["a", "b"])] }));
const flat = node("Flatten", ["image"], ["flat"]);
const size = constantNode(tensor("size", [2], INT64, int64s(2, 5_000_000_000)), "size");
const fill = tensorAttribute("value", tensor("", [1], FLOAT32, floats(1)));
const sound = flattenModel().finish();

const attacks: readonly (readonly [attack: string, model: ProtobufWriter | Uint8Array, code: string])[] = [
  ["a Loop without end", endlessLoop(), "MODEL_TIMEOUT"],
  [
    "40 GB of ConstantOfShape",
    computing(size, node("ConstantOfShape", ["size"], ["features"], [fill])),
    "MODEL_OUT_OF_MEMORY",
  ],
  ["external data by an initialiser", flattenModel({ initialisers: [hidden] }), "UNSUPPORTED_MODEL"],
  ["external data by a Constant", flattenModel({ nodes: [constantNode(hidden)] }), "UNSUPPORTED_MODEL"],
  [
    "external data by a sparse tensor",
    flattenModel({ sparseInitialisers: [sparseTensor(hidden, index, [4])] }),
    "UNSUPPORTED_MODEL",
  ],
  [
    "external data by a sparse attribute",
    flattenModel({
      nodes: [
        node("Constant", [], ["x"], [sparseAttribute("sparse_value", sparseTensor(hidden, index, [4]))]),
      ],
    }),
    "UNSUPPORTED_MODEL",
  ],
  [
    "external data by a subgraph",
    flattenModel({ nodes: [ifNode(graph({ initialisers: [hidden] }))] }),
    "UNSUPPORTED_MODEL",
  ],
  ["a truncated file", sound.subarray(0, sound.length - 7), "INVALID_MODEL"],
  ["an empty file", new Uint8Array(0), "INVALID_MODEL"],
  ["garbage", Uint8Array.from({ length: 4096 }, (_, i) => (i * 197 + 89) % 256), "INVALID_MODEL"],
  ["a pickle", Uint8Array.of(0x80, 4, 0x95, 0, 0), "INVALID_MODEL"],
  ["no nodes", model(graph({ inputs: [images], outputs: [features] })), "INVALID_MODEL"],
  [
    "nodes in a circle",
    computing(
      node("Relu", ["b"], ["a"]),
      node("Relu", ["a"], ["b"]),
      node("Flatten", ["image"], ["features"]),
    ),
    "INVALID_MODEL",
  ],
  [
    "an operator of another domain",
    flattenModel({ nodes: [node("Evil", ["image"], ["x"], [], "evil")] }),
    "UNSUPPORTED_MODEL",
  ],
  [
    "outputs that are NaN",
    computing(flat, node("Sub", ["flat", "flat"], ["zeros"]), node("Div", ["zeros", "zeros"], ["features"])),
    "INVALID_OUTPUT",
  ],
  ["an output of another rank", computing(node("Identity", ["image"], ["features"])), "INVALID_OUTPUT"],
  [
    "a tensor of 10^12 numbers",
    flattenModel({ initialisers: [tensor("w", [1e12], FLOAT32, floats(1))] }),
    "INVALID_MODEL",
  ],
];

for (const [attack, bytes, code] of attacks) {
  test(`${attack}: ${code}, and the process that asked goes on`, async () => {
    const source = "finish" in bytes ? bytes.finish() : bytes;
    assert.equal(await codeOf(source, code === "MODEL_TIMEOUT" ? HASTY : OPTIONS), code);
  });
}

test("a graph of 1 GB: UNSUPPORTED_MODEL by its size alone", async () => {
  const path = join(folder, "huge.onnx");
  const file = await open(path, "w");
  await file.truncate(1024 * MEBIBYTE); // sparse: it takes no room, and reading it would show in memory
  await file.close();
  const before = process.memoryUsage.rss();
  assert.equal(await codeOf({ path, sha256: "0".repeat(64) }), "UNSUPPORTED_MODEL");
  assert.ok(process.memoryUsage.rss() - before < 256 * MEBIBYTE);
});

test("external data that got past the inspection would find no file in the child, and no secret comes back", async () => {
  const smuggled = model(
    graph({
      nodes: [flat, node("Mul", ["flat", "secret"], ["features"])],
      initialisers: [hidden],
      inputs: [images],
      outputs: [features],
    }),
  );
  const child = await startSandboxProcess(OPTIONS.memoryBytes);
  try {
    await wake(child);
    const { value } = await child.ask({
      request: { kind: "open", ...PORTS, threads: 1 },
      body: smuggled.finish(),
      deadlineSeconds: 20,
      judge: (header) => ({ value: header as { kind: string; message: string }, bodyBytes: 0 }),
    });
    assert.equal(value.kind, "failure", JSON.stringify(value));
    assert.match(value.message, /External data path .*No such file or directory/); // its folder is gone
  } finally {
    await child.close();
  }
});

/** How opening the model and running one batch ends. */
async function codeOf(source: ModelSource, options = OPTIONS): Promise<string> {
  try {
    const sandbox = await Sandbox.open(source, PORTS, options);
    try {
      await sandbox.run(new Float32Array(24).fill(1), [2, 3, 2, 2]);
      return "it ran";
    } finally {
      await sandbox.close();
    }
  } catch (error) {
    if (error instanceof ModelFailure || error instanceof ModelRefused) return error.code;
    throw error;
  }
}
