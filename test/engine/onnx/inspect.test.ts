import assert from "node:assert/strict";
import { test } from "node:test";

import { GraphBuilder } from "../../../src/engine/onnx/graph-builder.js";
import { inspectModel } from "../../../src/engine/onnx/inspect.js";
import type { InspectionLimits } from "../../../src/engine/onnx/inspect.js";
import { ModelRefused } from "../../../src/engine/onnx/model-refused.js";
import type { RefusalCode } from "../../../src/engine/onnx/model-refused.js";
import { ProtobufWriter } from "../../../src/engine/onnx/protobuf-writer.js";
import {
  FLOAT32,
  INT64,
  constantNode,
  externalTensor,
  features,
  flattenModel,
  floats,
  graph,
  graphAttribute,
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
} from "../../support/onnx-parts.js";
import { fc } from "../../support/properties.js";

function refuses(
  bytes: Uint8Array | ProtobufWriter,
  code: RefusalCode,
  message: RegExp,
  limits: Partial<InspectionLimits> = {},
): void {
  assert.throws(
    () => inspectModel(bytes instanceof Uint8Array ? bytes : bytes.finish(), limits),
    (error) => {
      assert.ok(error instanceof ModelRefused, String(error));
      assert.match(error.message, message);
      assert.equal(error.code, code);
      return true;
    },
  );
}

test("inspectModel tells what GraphBuilder wrote", () => {
  const builder = new GraphBuilder("ptm");
  const image = builder.input("image", "float32", ["n", 3, 4, 4]);
  const flat = builder.node("Flatten", [image]);
  const weights = builder.constant(new Float32Array(48 * 5), [48, 5]);
  const shifted = builder.node("Add", [builder.node("MatMul", [flat, weights]), builder.scalar(1)]);
  builder.node(
    "Softmax",
    [builder.node("Identity", [shifted], {}, "features")],
    { axis: 1 },
    "probabilities",
  );
  builder.integers(1, 2, 3);
  builder.output("features", "float32", ["n", 5]);
  builder.output("probabilities", "float32", ["n", 5]);

  const inspection = inspectModel(builder.finish());
  assert.deepEqual(inspection.inputs, [{ name: "image", elementType: "float32", shape: ["n", 3, 4, 4] }]);
  assert.deepEqual(inspection.outputs, [
    { name: "features", elementType: "float32", shape: ["n", 5] },
    { name: "probabilities", elementType: "float32", shape: ["n", 5] },
  ]);
  assert.equal(inspection.parameterCount, 48 * 5 + 1); // the three int64 are no weights
  assert.equal(inspection.nodeCount, 5);
  assert.equal(inspection.irVersion, 8);
  assert.equal(inspection.producer, "orbweaver");
  assert.deepEqual(inspection.opsets, [{ domain: "", version: 17 }]);
  assert.deepEqual(
    [...inspection.operators],
    [
      ["Flatten", 1],
      ["MatMul", 1],
      ["Add", 1],
      ["Identity", 1],
      ["Softmax", 1],
    ],
  );
});

test("parameters count in initialisers, Constant nodes, sparse tensors, subgraphs and functions", () => {
  const weights = (count: number): ProtobufWriter =>
    tensor(`w${count}`, [count], FLOAT32, new Uint8Array(4 * count));
  const branch = graph({ initialisers: [weights(100)], nodes: [node("Identity", ["w100"], ["y"])] });
  const body = new ProtobufWriter()
    .text(1, "Scale")
    .message(7, constantNode(weights(1000)))
    .text(10, "pkg.custom");
  const bytes = flattenModel({
    initialisers: [weights(1), tensor("shape", [2], INT64, int64s(1, 2))],
    sparseInitialisers: [sparseTensor(weights(20), tensor("", [20], INT64, new Uint8Array(160)), [50])],
    nodes: [
      constantNode(weights(3)),
      node("Other", ["image"], [], [tensorAttribute("table", weights(10_000))]),
      node("If", ["c"], ["y"], [graphAttribute("then_branch", branch)]),
      node("Scale", ["image"], ["scaled"], [], "pkg.custom"),
    ],
  }).message(25, body);
  const inspection = inspectModel(bytes.finish());
  assert.equal(inspection.parameterCount, 1 + 20 + 3 + 100 + 1000);
  assert.equal(inspection.nodeCount, 7);
  assert.deepEqual(inspection.functions, ["pkg.custom.Scale"]);
  assert.equal(inspection.operators.get("pkg.custom.Scale"), 1);
  assert.equal(inspection.operators.get("Constant"), 2);
});

test("values may lie in the typed fields, packed or one by one", () => {
  const packed = tensor("packed", [3], FLOAT32).bytes(4, floats(1, 2, 3));
  const single = tensor("single", [2], FLOAT32).float(4, 1).float(4, 2);
  const bytes = new Uint8Array([1, 255, 1, 3]); // varints 1, 255, 3
  const integers = tensor("integers", [3], INT64).bytes(7, bytes);
  const narrow = tensor("narrow", [2, 3], 3).bytes(5, new Uint8Array(6));
  const fourBits = tensor("fourBits", [3], 22, new Uint8Array(2));
  const words = tensor("words", [2], 8).text(6, "a").text(6, "b");
  const initialisers = [packed, single, integers, narrow, fourBits, words];
  assert.equal(inspectModel(flattenModel({ initialisers }).finish()).parameterCount, 3 + 2 + 6 + 3 + 2);
});

test("an initialiser that is listed among the inputs is no input", () => {
  const weights = tensor("w", [1], FLOAT32, floats(1));
  const parts = {
    initialisers: [weights],
    inputs: [value("w", FLOAT32, [1]), images],
    nodes: [node("Flatten", ["image"], ["features"])],
  };
  assert.deepEqual(
    inspectModel(model(graph(parts)).finish()).inputs.map(({ name }) => name),
    ["image"],
  );
});

test("a graph that occurs twice is read as one, as protobuf merges it", () => {
  const bytes = flattenModel().message(7, graph({ outputs: [value("more", FLOAT32, ["n"])] }));
  assert.deepEqual(
    inspectModel(bytes.finish()).outputs.map(({ name }) => name),
    ["features", "more"],
  );
});

test("open shapes, unnamed sizes and values that are no tensors are told as such", () => {
  const withType = (name: string, type: ProtobufWriter): ProtobufWriter =>
    new ProtobufWriter().text(1, name).message(2, type);
  const noShape = withType("a", new ProtobufWriter().message(1, new ProtobufWriter().integer(1, 10)));
  const sequence = withType("b", new ProtobufWriter().message(4, new ProtobufWriter()));
  const dimension = new ProtobufWriter().message(1, new ProtobufWriter());
  const unnamed = withType(
    "c",
    new ProtobufWriter().message(1, new ProtobufWriter().integer(1, 7).message(2, dimension)),
  );
  const parts = { nodes: [node("Flatten", ["a"], ["d"])], inputs: [noShape, sequence, unnamed] };
  assert.deepEqual(inspectModel(model(graph(parts)).finish()).inputs, [
    { name: "a", elementType: "float16", shape: undefined },
    { name: "b", elementType: "sequence", shape: undefined },
    { name: "c", elementType: "int64", shape: [""] },
  ]);
});

const hidden = externalTensor("secret");
const plain = tensor("plain", [1], FLOAT32, floats(1));
const index = tensor("index", [1], INT64, int64s(0));
const hidingPlaces: Record<string, ProtobufWriter> = {
  "an initialiser": flattenModel({ initialisers: [hidden] }),
  "a Constant's attribute": flattenModel({ nodes: [constantNode(hidden)] }),
  "any attribute": flattenModel({
    nodes: [node("Relu", ["image"], ["x"], [tensorAttribute("odd", hidden)])],
  }),
  "a list of tensors": flattenModel({
    nodes: [node("Relu", ["image"], ["x"], [new ProtobufWriter().message(10, plain).message(10, hidden)])],
  }),
  "a sparse tensor's values": flattenModel({ sparseInitialisers: [sparseTensor(hidden, index, [4])] }),
  "a sparse tensor's indices": flattenModel({ sparseInitialisers: [sparseTensor(plain, hidden, [4])] }),
  "a sparse attribute": flattenModel({
    nodes: [node("Constant", [], ["x"], [sparseAttribute("sparse_value", sparseTensor(hidden, index, [4]))])],
  }),
  "a list of sparse tensors": flattenModel({
    nodes: [
      node("Relu", ["image"], ["x"], [new ProtobufWriter().message(23, sparseTensor(hidden, index, [4]))]),
    ],
  }),
  "a subgraph in a subgraph": flattenModel({
    nodes: [ifNode(graph({ nodes: [ifNode(graph({ initialisers: [hidden] }))] }))],
  }),
  "a list of subgraphs": flattenModel({
    nodes: [
      node("Relu", ["image"], ["x"], [new ProtobufWriter().message(11, graph({ initialisers: [hidden] }))]),
    ],
  }),
  "a function": flattenModel().message(25, new ProtobufWriter().message(7, constantNode(hidden))),
  "a function's default attribute": flattenModel().message(
    25,
    new ProtobufWriter().message(11, tensorAttribute("value", hidden)),
  ),
  "a training graph": flattenModel().message(
    20,
    new ProtobufWriter().message(2, graph({ initialisers: [hidden] })),
  ),
  "a second graph": flattenModel().message(7, graph({ initialisers: [hidden] })),
  "a location without a file": flattenModel({ initialisers: [tensor("x", [0], FLOAT32).integer(14, 1)] }),
  "a location past 32 bits": flattenModel({
    initialisers: [tensor("x", [0], FLOAT32).integer(14, 2n ** 32n + 1n)],
  }),
  "a file without a location": flattenModel({
    initialisers: [
      tensor("x", [0], FLOAT32).message(13, new ProtobufWriter().text(1, "location").text(2, "a")),
    ],
  }),
};
for (const [place, bytes] of Object.entries(hidingPlaces)) {
  test(`external data in ${place} is refused`, () => {
    refuses(bytes, "UNSUPPORTED_MODEL", /tensor "\w+" has external data/);
  });
}

test("a second occurrence of what protobuf would merge is refused", () => {
  const twice = new ProtobufWriter().message(5, plain).message(5, hidden);
  refuses(flattenModel({ nodes: [node("Relu", [], [], [twice])] }), "INVALID_MODEL", /field 5 twice/);
  const sparse = new ProtobufWriter().message(1, plain).message(1, hidden);
  refuses(flattenModel({ sparseInitialisers: [sparse] }), "INVALID_MODEL", /values twice/);
  const indices = new ProtobufWriter().message(1, plain).message(2, index).message(2, hidden);
  refuses(flattenModel({ sparseInitialisers: [indices] }), "INVALID_MODEL", /indices twice/);
  const typed = new ProtobufWriter()
    .text(1, "x")
    .message(2, new ProtobufWriter())
    .message(2, new ProtobufWriter());
  refuses(
    flattenModel().message(7, graph({ inputs: [typed] })),
    "INVALID_MODEL",
    /"x" declares its type twice/,
  );
});

test("files that are no ONNX models are refused with what they are", () => {
  refuses(new Uint8Array(0), "INVALID_MODEL", /the model file is empty/);
  refuses(Uint8Array.of(0x80, 4, 0x95, 0), "INVALID_MODEL", /expected an ONNX file, got a Python pickle/);
  refuses(Uint8Array.of(0x50, 0x4b, 3, 4, 0), "INVALID_MODEL", /got a zip archive/);
  refuses(new TextEncoder().encode("not a model, only words"), "INVALID_MODEL", /not a readable ONNX file/);
  refuses(new ProtobufWriter().integer(1, 8), "INVALID_MODEL", /has no graph/);
  refuses(model(graph({ inputs: [images], outputs: [features] })), "INVALID_MODEL", /the graph has no nodes/);
  refuses(
    new ProtobufWriter().message(7, graph({ nodes: [node("Relu", [], [])] })),
    "INVALID_MODEL",
    /no IR version/,
  );
});

test("every file cut short is refused", () => {
  const whole = flattenModel({ initialisers: [plain] }).finish();
  for (let length = 0; length < whole.length; length++) {
    assert.throws(() => inspectModel(whole.subarray(0, length)), ModelRefused, `cut to ${length} bytes`);
  }
});

test("a file with flipped bytes is read or refused, nothing else happens", () => {
  const whole = flattenModel({
    initialisers: [plain],
    nodes: [constantNode(index), ifNode(graph({}))],
  }).finish();
  const flips = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(flips, (changes) => {
      const mutant = whole.slice();
      for (const [at, byte] of changes) mutant[at] = byte;
      try {
        inspectModel(mutant);
      } catch (error) {
        assert.ok(error instanceof ModelRefused, String(error));
      }
    }),
    { numRuns: 2000, seed: 7 },
  );
});

test("operators of other domains are refused, unless the model brings the function", () => {
  const custom = (domain: string): ProtobufWriter =>
    flattenModel({ nodes: [node("Evil", ["image"], ["x"], [], domain)] });
  const own = (domain: string): ProtobufWriter =>
    new ProtobufWriter()
      .text(1, "Evil")
      .message(7, node("Relu", ["a"], ["b"]))
      .text(10, domain);
  refuses(custom("evil"), "UNSUPPORTED_MODEL", /operator "Evil" is of the domain "evil"/);
  refuses(custom("com.microsoft"), "UNSUPPORTED_MODEL", /of the domain "com.microsoft"/);
  assert.equal(inspectModel(custom("mine").message(25, own("mine")).finish()).functions[0], "mine.Evil");
  refuses(custom("com.microsoft").message(25, own("com.microsoft")), "UNSUPPORTED_MODEL", /"com.microsoft"/);
  assert.equal(inspectModel(custom("ai.onnx.ml").finish()).operators.get("ai.onnx.ml.Evil"), 1);
});

test("names out of the file are escaped and cut in messages", () => {
  const bytes = flattenModel({ nodes: [node("a\u001b[2J".padEnd(500, "b"), [], [], [], "x")] });
  refuses(bytes, "UNSUPPORTED_MODEL", /operator "a\\u001b\[2Jb{75}\.\.\." is/);
});

test("dims that lie are refused", () => {
  const holding = (part: ProtobufWriter): ProtobufWriter => flattenModel({ initialisers: [part] });
  refuses(holding(tensor("w", [-1], FLOAT32)), "INVALID_MODEL", /"w" has a negative dimension in \[-1\]/);
  refuses(holding(tensor("w", [2n ** 62n, 4], FLOAT32)), "INVALID_MODEL", /past 2\^53/);
  refuses(
    holding(tensor("w", [1e12], FLOAT32, floats(1))),
    "INVALID_MODEL",
    /needs 4000000000000 bytes.*got 4/,
  );
  refuses(holding(tensor("w", [2, 2], FLOAT32, floats(1, 2, 3))), "INVALID_MODEL", /needs 16 bytes.*got 12/);
  refuses(holding(tensor("w", [2], FLOAT32)), "INVALID_MODEL", /needs 2 entries of float_data.*got 0/);
  refuses(
    holding(tensor("w", [1], FLOAT32, floats(1)).float(4, 1)),
    "INVALID_MODEL",
    /float_data beside raw_data/,
  );
  refuses(holding(tensor("w", [1], INT64).float(4, 1)), "INVALID_MODEL", /of int64 has values in float_data/);
  refuses(holding(tensor("w", [1], 8, floats(1))), "INVALID_MODEL", /of string has raw_data/);
  refuses(holding(tensor("w", [1], 99, floats(1))), "INVALID_MODEL", /element type 99, which is not known/);
  refuses(
    holding(tensor("w", Array<number>(33).fill(1), FLOAT32, floats(1))),
    "INVALID_MODEL",
    /rank over 32/,
  );
  const packedDims = new ProtobufWriter().bytes(1, new Uint8Array(1_000_000).fill(1));
  refuses(holding(packedDims.integer(2, FLOAT32)), "INVALID_MODEL", /rank over 32/);
  refuses(
    flattenModel({ sparseInitialisers: [sparseTensor(plain, index, [1e9, 1e9])] }),
    "INVALID_MODEL",
    /past 2\^53/,
  );
  refuses(
    flattenModel().message(7, graph({ inputs: [value("x", FLOAT32, [-5])] })),
    "INVALID_MODEL",
    /"x" has a dimension of -5/,
  );
});

test("size, nodes, nesting and fields are bounded", () => {
  const relus = Array.from({ length: 20 }, () => node("Relu", ["image"], ["x"]));
  const many = flattenModel({ nodes: relus });
  refuses(many, "UNSUPPORTED_MODEL", /bytes, at most 100 are allowed/, { maximumBytes: 100 });
  refuses(many, "UNSUPPORTED_MODEL", /more than 20 nodes/, { maximumNodes: 20 });
  refuses(many, "INVALID_MODEL", /too many fields/, { maximumFields: 50 });
  let nest = graph({ nodes: [node("Relu", ["image"], ["x"])] });
  for (let depth = 0; depth < 90; depth++)
    nest = graph({ nodes: [node("If", [], [], [graphAttribute("b", nest)])] });
  refuses(model(nest), "UNSUPPORTED_MODEL", /graphs are nested more than 8 deep/);
});
