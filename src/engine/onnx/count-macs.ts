import { inspectModel, operatorName } from "./inspect.js";
import { ProtobufReader } from "./protobuf-reader.js";
import { ProtobufWriter } from "./protobuf-writer.js";
import { quote } from "./quote.js";

/** A model that tells the shapes of its own tensors, and what they mean. */
export interface MacProbe {
  /** The model with one more output [1, rank] for each tensor whose shape is asked for. */
  readonly model: Uint8Array;
  /** Names of those outputs; none if the model holds no products. */
  readonly outputs: readonly string[];
  /** @param shapes of the tensors, by the name of the output, for a batch of one image */
  readonly count: (shapes: ReadonlyMap<string, ArrayLike<number>>) => number;
}

/** Which two tensors of a node say how many multiplications it does: places among its inputs, or its output. */
interface Product {
  readonly first: number | "output";
  readonly second: number | "output";
  readonly macs: (first: readonly number[], second: readonly number[]) => number;
}

const size = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);
/** Each element of a convolution's output is a sum over a filter [C / group, k...]; `filters` is [M, C / group, k...]. */
const byFilter = (elements: readonly number[], filters: readonly number[]): number =>
  size(elements) * size(filters.slice(1));
/** Each element of a product [..., m, n] is a sum over the last axis of the left factor [..., m, k]. */
const byRow = (left: readonly number[], product: readonly number[]): number =>
  size(product) * (left.at(-1) ?? 0);
/** The left factor of a Gemm may lie transposed: its k is its size over the m of the product [m, n]. */
const byEither = (left: readonly number[], product: readonly number[]): number =>
  product[0] ? (size(product) * size(left)) / product[0] : 0;

const PRODUCTS: ReadonlyMap<string, Product> = new Map([
  ["Conv", { first: "output", second: 1, macs: byFilter }],
  ["ConvInteger", { first: "output", second: 1, macs: byFilter }],
  ["QLinearConv", { first: "output", second: 3, macs: byFilter }],
  // Transposed, each element of the input goes through a filter [M / group, k...]; filters are [C, M / group, k...].
  ["ConvTranspose", { first: 0, second: 1, macs: byFilter }],
  ["MatMul", { first: 0, second: "output", macs: byRow }],
  ["MatMulInteger", { first: 0, second: "output", macs: byRow }],
  ["QLinearMatMul", { first: 0, second: "output", macs: byRow }],
  ["Gemm", { first: 0, second: "output", macs: byEither }],
]);

/** Operators of ONNX's main set with products inside that nobody counts here. What is of another set is not known either. */
const UNCOUNTED = new Set(["Attention", "DeformConv", "Det", "DFT", "Einsum", "GRU", "LSTM", "RNN", "STFT"]);

const FLOAT32 = 1;
const INT64 = 7;

/**
 * Multiply-accumulate operations of a model for one image: those of convolutions and matrix products, whatever they are
 * multiplied with; additions, activations, normalisations and pooling count nothing. That is what published figures mean
 * by MACs (or, misleadingly, FLOPs): 1.82 G for ResNet-18, 0.30 G for MobileNetV2 at 224 x 224.
 *
 * Shapes come from ONNX Runtime itself rather than from rules written anew for each of its operators: the file gets
 * `Shape` nodes behind the tensors that matter, and one run tells them, however the exporter computes its reshapes.
 *
 * @param bytes a model that inspectModel admits
 * @returns the probe, or why the count of such a model would be a guess
 *
 * Cost: O(fields) time and a copy of the model; the run adds no product.
 */
export function macProbe(bytes: Uint8Array): MacProbe | { readonly reason: string } {
  const { operators, functions } = inspectModel(bytes);
  for (const name of operators.keys()) {
    if (UNCOUNTED.has(name)) return { reason: `operator ${quote(name)} has products that are not counted` };
    if (name.includes(".") && !functions.includes(name))
      return { reason: `operator ${quote(name)} is not of ONNX's main set` };
  }
  const nodes = productNodes(bytes);
  const everywhere = [...operators].reduce((sum, [name, count]) => sum + (PRODUCTS.has(name) ? count : 0), 0);
  if (everywhere > nodes.length) {
    return { reason: "products lie in a subgraph or function, which may run any number of times" };
  }
  const asked = [...new Set(nodes.flatMap(({ first, second }) => [first, second]))];
  const outputOf = new Map(asked.map((tensor, i) => [tensor, `orbweaver_shape_${i}`]));
  const shapeOf = (shapes: ReadonlyMap<string, ArrayLike<number>>, tensor: string): readonly number[] => {
    const shape = shapes.get(outputOf.get(tensor)!);
    if (shape === undefined) throw new RangeError(`macProbe: the shape of ${quote(tensor)} is missing`);
    return Array.from(shape);
  };
  return {
    model: asked.length === 0 ? bytes : withShapes(bytes, outputOf),
    outputs: [...outputOf.values()],
    count: (shapes) =>
      nodes.reduce((sum, { product, first, second }) => {
        return sum + product.macs(shapeOf(shapes, first), shapeOf(shapes, second));
      }, 0),
  };
}

interface ProductNode {
  readonly product: Product;
  /** Names of tensors. */
  readonly first: string;
  readonly second: string;
}

/** The nodes of the main graph that multiply. */
function productNodes(bytes: Uint8Array): ProductNode[] {
  const nodes: ProductNode[] = [];
  const model = new ProtobufReader(bytes, { remaining: Infinity });
  while (model.next()) {
    if (model.field !== 7) continue;
    const graph = model.message();
    while (graph.next()) {
      const node = graph.field === 1 ? productNode(graph.message()) : undefined;
      if (node !== undefined) nodes.push(node);
    }
  }
  return nodes;
}

function productNode(reader: ProtobufReader): ProductNode | undefined {
  const inputs: string[] = [];
  let output = "";
  let name = "";
  let domain = "";
  while (reader.next()) {
    if (reader.field === 1) inputs.push(reader.text());
    else if (reader.field === 2) output ||= reader.text();
    else if (reader.field === 4) name = reader.text();
    else if (reader.field === 7) domain = reader.text();
  }
  const product = PRODUCTS.get(operatorName(domain, name));
  if (product === undefined) return undefined;
  const tensor = (place: number | "output"): string => (place === "output" ? output : (inputs[place] ?? ""));
  return { product, first: tensor(product.first), second: tensor(product.second) };
}

/** A second graph field: protobuf reads it as a continuation of the first. */
function withShapes(bytes: Uint8Array, outputOf: ReadonlyMap<string, string>): Uint8Array {
  const graph = new ProtobufWriter();
  const row = "orbweaver_row";
  graph.message(
    5,
    new ProtobufWriter()
      .integer(1, 2)
      .integer(2, INT64)
      .text(8, row)
      .bytes(9, new Uint8Array(BigInt64Array.of(1n, 1n).buffer)),
  );
  for (const [tensor, output] of outputOf) {
    const shape = `${output}_integers`;
    const floats = `${output}_floats`; // the sandbox gives float32 matrices; a size up to 2^24 is exact in them
    const to = new ProtobufWriter().text(1, "to").integer(3, FLOAT32).integer(20, 2);
    graph.message(1, node("Shape", [tensor], shape));
    graph.message(1, node("Cast", [shape], floats).message(5, to));
    graph.message(1, node("Expand", [floats, row], output)); // [rank] and [1, 1] give [1, rank]
    const type = new ProtobufWriter().message(1, new ProtobufWriter().integer(1, FLOAT32));
    graph.message(12, new ProtobufWriter().text(1, output).message(2, type));
  }
  const more = new ProtobufWriter().message(7, graph).finish();
  const model = new Uint8Array(bytes.length + more.length);
  model.set(bytes);
  model.set(more, bytes.length);
  return model;
}

function node(operator: string, inputs: readonly string[], output: string): ProtobufWriter {
  const writer = new ProtobufWriter();
  for (const input of inputs) writer.text(1, input);
  return writer.text(2, output).text(4, operator);
}
