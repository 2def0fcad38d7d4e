import { ProtobufWriter } from "./protobuf-writer.js";

/** Element types that the engine's own graphs use; the values are those of TensorProto.DataType in onnx.proto. */
export const ELEMENT_TYPES = {
  float32: 1,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
} as const;
export type ElementType = keyof typeof ELEMENT_TYPES;

/** A number fixes a dimension; a string names one that the run decides. */
export type Dimension = number | string;

/** Integers become INT(S) attributes, numbers wrapped in `{ float }` become FLOAT ones. */
export type Attribute = number | readonly number[] | string | { readonly float: number };

type ConstantValues = Float32Array | Float64Array | Int32Array | BigInt64Array;

const IR_VERSION = 8;
const OPSET = 17; // the first opset with LayerNormalization
const ATTRIBUTE_FLOAT = 1;
const ATTRIBUTE_INT = 2;
const ATTRIBUTE_STRING = 3;
const ATTRIBUTE_INTS = 7;

/**
 * Builds an ONNX model in memory: declare inputs, add nodes, name outputs, `finish()`.
 * Values are referred to by name; `node` returns the name of its first output so that calls nest like formulas.
 * Field numbers: onnx.proto of ONNX 1.16 (IR version 8).
 */
export class GraphBuilder {
  readonly #graph = new ProtobufWriter();
  #count = 0;

  constructor(name: string) {
    this.#graph.text(2, name);
  }

  input(name: string, type: ElementType, shape: readonly Dimension[]): string {
    this.#graph.message(11, valueInfo(name, type, shape));
    return name;
  }

  /** The shape of an output may be left open with strings; the runtime infers it. */
  output(name: string, type: ElementType, shape: readonly Dimension[]): void {
    this.#graph.message(12, valueInfo(name, type, shape));
  }

  /** A weight inside the model; large arrays that change belong into inputs, which the runtime does not copy. */
  constant(values: ConstantValues, shape: readonly number[], name = this.#fresh("constant")): string {
    const tensor = new ProtobufWriter();
    for (const size of shape) tensor.integer(1, size);
    tensor.integer(2, ELEMENT_TYPES[elementTypeOf(values)]);
    tensor.text(8, name);
    tensor.bytes(9, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    this.#graph.message(5, tensor);
    return name;
  }

  /** A rank-0 constant. */
  scalar(value: number, type: "float32" | "float64" = "float32"): string {
    return this.constant(type === "float32" ? Float32Array.of(value) : Float64Array.of(value), []);
  }

  /** A rank-1 int64 constant: axes, shapes, split sizes. */
  integers(...values: number[]): string {
    return this.constant(BigInt64Array.from(values, BigInt), [values.length]);
  }

  /** Adds a node with one output and returns that output's name. */
  node(
    operator: string,
    inputs: readonly string[],
    attributes: Record<string, Attribute> = {},
    output = this.#fresh(operator),
  ): string {
    this.nodes(operator, inputs, attributes, [output]);
    return output;
  }

  /** Adds a node with several outputs. */
  nodes(
    operator: string,
    inputs: readonly string[],
    attributes: Record<string, Attribute>,
    outputs: readonly string[],
  ): void {
    const node = new ProtobufWriter();
    for (const input of inputs) node.text(1, input);
    for (const output of outputs) node.text(2, output);
    node.text(4, operator);
    for (const [name, value] of Object.entries(attributes)) node.message(5, attribute(name, value));
    this.#graph.message(1, node);
  }

  /** @returns the serialised model; the builder can go on and be finished again */
  finish(): Uint8Array {
    return new ProtobufWriter()
      .integer(1, IR_VERSION)
      .text(2, "orbweaver")
      .message(8, new ProtobufWriter().text(1, "").integer(2, OPSET))
      .message(7, this.#graph)
      .finish();
  }

  #fresh(stem: string): string {
    return `${stem}_${this.#count++}`;
  }
}

function valueInfo(name: string, type: ElementType, shape: readonly Dimension[]): ProtobufWriter {
  const dimensions = new ProtobufWriter();
  for (const size of shape) {
    const dimension = new ProtobufWriter();
    if (typeof size === "number") dimension.integer(1, size);
    else dimension.text(2, size);
    dimensions.message(1, dimension);
  }
  const tensor = new ProtobufWriter().integer(1, ELEMENT_TYPES[type]).message(2, dimensions);
  return new ProtobufWriter().text(1, name).message(2, new ProtobufWriter().message(1, tensor));
}

function attribute(name: string, value: Attribute): ProtobufWriter {
  const writer = new ProtobufWriter().text(1, name);
  if (typeof value === "number") return writer.integer(3, value).integer(20, ATTRIBUTE_INT);
  if (typeof value === "string") return writer.text(4, value).integer(20, ATTRIBUTE_STRING);
  if ("float" in value) return writer.float(2, value.float).integer(20, ATTRIBUTE_FLOAT);
  for (const item of value) writer.integer(8, item);
  return writer.integer(20, ATTRIBUTE_INTS);
}

function elementTypeOf(values: ConstantValues): ElementType {
  if (values instanceof Float32Array) return "float32";
  if (values instanceof Float64Array) return "float64";
  if (values instanceof Int32Array) return "int32";
  return "int64";
}
