import { ProtobufWriter } from "../../src/engine/onnx/protobuf-writer.js";

/** Parts of ONNX files that GraphBuilder does not write: subgraphs, functions, sparse and external tensors, and broken ones. */

export const FLOAT32 = 1;
export const INT64 = 7;
export const BOOL = 9;

export function floats(...values: number[]): Uint8Array {
  return new Uint8Array(Float32Array.from(values).buffer);
}

export function int64s(...values: number[]): Uint8Array {
  return new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
}

export function tensor(
  name: string,
  dims: readonly (number | bigint)[],
  type: number,
  raw?: Uint8Array,
): ProtobufWriter {
  const writer = new ProtobufWriter();
  for (const size of dims) writer.integer(1, size);
  writer.integer(2, type).text(8, name);
  return raw === undefined ? writer : writer.bytes(9, raw);
}

/** A tensor whose values lie in another file. */
export function externalTensor(name: string, file = ".env"): ProtobufWriter {
  const location = new ProtobufWriter().text(1, "location").text(2, file);
  return tensor(name, [1], FLOAT32).message(13, location).integer(14, 1);
}

export function tensorAttribute(name: string, value: ProtobufWriter): ProtobufWriter {
  return new ProtobufWriter().text(1, name).message(5, value).integer(20, 4);
}

export function graphAttribute(name: string, graph: ProtobufWriter): ProtobufWriter {
  return new ProtobufWriter().text(1, name).message(6, graph).integer(20, 5);
}

export function sparseAttribute(name: string, sparse: ProtobufWriter): ProtobufWriter {
  return new ProtobufWriter().text(1, name).message(22, sparse).integer(20, 11);
}

export function sparseTensor(
  values: ProtobufWriter,
  indices: ProtobufWriter,
  dims: readonly number[],
): ProtobufWriter {
  const writer = new ProtobufWriter().message(1, values).message(2, indices);
  for (const size of dims) writer.integer(3, size);
  return writer;
}

export function node(
  operator: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: readonly ProtobufWriter[] = [],
  domain = "",
): ProtobufWriter {
  const writer = new ProtobufWriter();
  for (const input of inputs) writer.text(1, input);
  for (const output of outputs) writer.text(2, output);
  writer.text(4, operator).text(7, domain);
  for (const attribute of attributes) writer.message(5, attribute);
  return writer;
}

export function value(name: string, type: number, shape: readonly (number | string)[]): ProtobufWriter {
  const dimensions = new ProtobufWriter();
  for (const size of shape) {
    dimensions.message(
      1,
      typeof size === "number" ? new ProtobufWriter().integer(1, size) : new ProtobufWriter().text(2, size),
    );
  }
  const tensorType = new ProtobufWriter().integer(1, type).message(2, dimensions);
  return new ProtobufWriter().text(1, name).message(2, new ProtobufWriter().message(1, tensorType));
}

export interface GraphParts {
  readonly nodes?: readonly ProtobufWriter[];
  readonly initialisers?: readonly ProtobufWriter[];
  readonly sparseInitialisers?: readonly ProtobufWriter[];
  readonly inputs?: readonly ProtobufWriter[];
  readonly outputs?: readonly ProtobufWriter[];
}

export function graph(parts: GraphParts): ProtobufWriter {
  const writer = new ProtobufWriter();
  for (const part of parts.nodes ?? []) writer.message(1, part);
  writer.text(2, "graph");
  for (const part of parts.initialisers ?? []) writer.message(5, part);
  for (const part of parts.inputs ?? []) writer.message(11, part);
  for (const part of parts.outputs ?? []) writer.message(12, part);
  for (const part of parts.sparseInitialisers ?? []) writer.message(15, part);
  return writer;
}

/** A ModelProto up to its graph; further fields can be written to it. */
export function model(content: ProtobufWriter): ProtobufWriter {
  return new ProtobufWriter()
    .integer(1, 8)
    .message(8, new ProtobufWriter().text(1, "").integer(2, 17))
    .message(7, content);
}

export const images = value("image", FLOAT32, ["n", 3, 2, 2]);
export const features = value("features", FLOAT32, ["n", "width"]);

/** A sound small PTM: the image flattened, [n, 12]; `extra` adds to its graph. */
export function flattenModel(extra: GraphParts = {}): ProtobufWriter {
  return model(
    graph({
      ...extra,
      nodes: [node("Flatten", ["image"], ["features"]), ...(extra.nodes ?? [])],
      inputs: [images],
      outputs: [features],
    }),
  );
}

/** A Constant node that holds `part` as its tensor. */
export function constantNode(part: ProtobufWriter, output = "constant"): ProtobufWriter {
  return node("Constant", [], [output], [tensorAttribute("value", part)]);
}

/** An If node with both branches the same. */
export function ifNode(branch: ProtobufWriter, output = "chosen"): ProtobufWriter {
  const branches = [graphAttribute("then_branch", branch), graphAttribute("else_branch", branch)];
  return node("If", ["condition"], [output], branches);
}

/** A PTM whose Loop has no trip count and a condition that stays true. */
export function endlessLoop(): ProtobufWriter {
  const body = graph({
    nodes: [node("Identity", ["going"], ["goesOn"]), node("Identity", ["carried"], ["next"])],
    inputs: [
      value("iteration", INT64, []),
      value("going", BOOL, []),
      value("carried", FLOAT32, ["n", "width"]),
    ],
    outputs: [value("goesOn", BOOL, []), value("next", FLOAT32, ["n", "width"])],
  });
  return model(
    graph({
      nodes: [
        node("Flatten", ["image"], ["flat"]),
        node("Loop", ["", "true", "flat"], ["features"], [graphAttribute("body", body)]),
      ],
      initialisers: [tensor("true", [], BOOL, Uint8Array.of(1))],
      inputs: [images],
      outputs: [features],
    }),
  );
}
