import { ModelRefused } from "./model-refused.js";
import { ProtobufReader } from "./protobuf-reader.js";
import { quote } from "./quote.js";
import { MAXIMUM_RANK, product, readTensor } from "./read-tensor.js";
import type { TensorSummary } from "./read-tensor.js";
import { readValue } from "./read-value.js";
import type { ModelValue } from "./read-value.js";

/** What a model file says about itself. Nothing of it was run. */
export interface ModelInspection {
  readonly irVersion: number;
  readonly producer: string;
  readonly opsets: readonly { readonly domain: string; readonly version: number }[];
  /** Without the initialisers that old models list among their inputs. */
  readonly inputs: readonly ModelValue[];
  readonly outputs: readonly ModelValue[];
  /**
   * Elements of all initialisers and of the `value` tensors of Constant nodes, in subgraphs and functions too. Integer
   * tensors of 64 bits are left out: exporters keep shapes, axes and indices in them, never weights.
   */
  readonly parameterCount: number;
  /** Nodes in all graphs and functions. */
  readonly nodeCount: number;
  /** How often each operator occurs; outside ONNX's main set the domain precedes the name ("ai.onnx.ml.Scaler"). */
  readonly operators: ReadonlyMap<string, number>;
  /** Functions that the model brings along, as "domain.name". */
  readonly functions: readonly string[];
}

export interface InspectionLimits {
  readonly maximumBytes: number;
  readonly maximumNodes: number;
  /** Graphs inside graphs (If, Loop, Scan). */
  readonly maximumGraphDepth: number;
  /** Protobuf fields in the file: what bounds the time of an inspection. */
  readonly maximumFields: number;
}

export const DEFAULT_INSPECTION_LIMITS: InspectionLimits = {
  maximumBytes: 512 * 1024 ** 2, // above the float32 weights of ViT-B and ConvNeXt-B, below what hurts a small worker
  maximumNodes: 100_000,
  maximumGraphDepth: 8,
  maximumFields: 5_000_000,
};

/**
 * Domains whose operators may occur. Not com.microsoft: its operators differ from build to build, and its EPContext
 * reads files that the model names. Operators of functions that the model brings along are judged by their bodies.
 */
const OPERATOR_DOMAINS: ReadonlySet<string> = new Set(["", "ai.onnx", "ai.onnx.ml"]);

/** A model's own function may not stand in for these: ONNX Runtime could prefer its built-in operator of that name. */
const RUNTIME_DOMAINS = /^(?:ai\.onnx|com\.microsoft|com\.ms|org\.pytorch)/;

const FOREIGN_FORMATS: readonly (readonly [name: string, ...magic: number[]])[] = [
  ["a Python pickle", 0x80, 2],
  ["a Python pickle", 0x80, 3],
  ["a Python pickle", 0x80, 4],
  ["a Python pickle", 0x80, 5],
  ["a zip archive (a PyTorch checkpoint?)", 0x50, 0x4b, 3, 4],
  ["an HDF5 file", 0x89, 0x48, 0x44, 0x46],
  ["a GGUF file", 0x47, 0x47, 0x55, 0x46],
];

/** What the walk through all graphs gathers. */
interface Walk {
  readonly limits: InspectionLimits;
  readonly operators: Map<string, { domain: string; name: string; count: number }>;
  readonly functions: Set<string>;
  nodeCount: number;
  parameterCount: number;
}

interface GraphContents {
  readonly inputs: ModelValue[];
  readonly outputs: ModelValue[];
  readonly initialisers: Set<string>;
}

/**
 * Reads an ONNX file without running it and refuses what must never reach ONNX Runtime: above all external data, which
 * would make it read other files, wherever in the file it hides.
 * Protobuf merges a message that occurs twice, so every occurrence of the graph is walked; inside attributes and types,
 * where no writer repeats a message, a second occurrence is refused.
 * Field numbers: onnx.proto of ONNX 1.19.
 *
 * @throws ModelRefused INVALID_MODEL for what no runtime could load, UNSUPPORTED_MODEL for external data, operators of
 *   unknown domains, and files past the limits
 *
 * Cost: O(fields + bytes of packed integers) time; weights are neither read nor copied.
 */
export function inspectModel(bytes: Uint8Array, limits: Partial<InspectionLimits> = {}): ModelInspection {
  const all = { ...DEFAULT_INSPECTION_LIMITS, ...limits };
  if (bytes.length === 0) throw new ModelRefused("INVALID_MODEL", "the model file is empty");
  requireSize(bytes.length, all.maximumBytes);
  for (const [format, ...magic] of FOREIGN_FORMATS) {
    if (magic.every((byte, i) => bytes[i] === byte)) {
      throw new ModelRefused("INVALID_MODEL", `expected an ONNX file, got ${format}`);
    }
  }
  try {
    return readModel(new ProtobufReader(bytes, { remaining: all.maximumFields }), all);
  } catch (cause) {
    if (cause instanceof ModelRefused || !(cause instanceof RangeError)) throw cause;
    throw new ModelRefused("INVALID_MODEL", `not a readable ONNX file: ${cause.message}`, { cause });
  }
}

/** @throws ModelRefused if a file of that size is not even to be read */
export function requireSize(bytes: number, maximumBytes: number): void {
  if (bytes <= maximumBytes) return;
  throw new ModelRefused(
    "UNSUPPORTED_MODEL",
    `the model has ${bytes} bytes, at most ${maximumBytes} are allowed`,
  );
}

function readModel(reader: ProtobufReader, limits: InspectionLimits): ModelInspection {
  const walk: Walk = { limits, operators: new Map(), functions: new Set(), nodeCount: 0, parameterCount: 0 };
  const main: GraphContents = { inputs: [], outputs: [], initialisers: new Set() };
  const opsets: { domain: string; version: number }[] = [];
  let irVersion = 0;
  let producer = "";
  let hasGraph = false;
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        irVersion = Number(reader.integer());
        break;
      case 2:
        producer = reader.text();
        break;
      case 7:
        hasGraph = true;
        walkGraph(reader.message(), walk, 0, main);
        break;
      case 8:
        opsets.push(readOpset(reader.message()));
        break;
      case 20:
        walkTrainingGraphs(reader.message(), walk);
        break;
      case 25:
        walkFunction(reader.message(), walk);
        break;
    }
  }
  if (!hasGraph) throw new ModelRefused("INVALID_MODEL", "the file has no graph: is it an ONNX model?");
  if (walk.nodeCount === 0) throw new ModelRefused("INVALID_MODEL", "the graph has no nodes");
  if (irVersion < 1)
    throw new ModelRefused("INVALID_MODEL", "the file has no IR version: is it an ONNX model?");
  requireKnownOperators(walk);
  return {
    irVersion,
    producer,
    opsets,
    inputs: main.inputs.filter(({ name }) => !main.initialisers.has(name)),
    outputs: main.outputs,
    parameterCount: walk.parameterCount,
    nodeCount: walk.nodeCount,
    operators: new Map([...walk.operators].map(([key, { count }]) => [key, count])),
    functions: [...walk.functions],
  };
}

function readOpset(reader: ProtobufReader): { domain: string; version: number } {
  let domain = "";
  let version = 0;
  while (reader.next()) {
    if (reader.field === 1) domain = reader.text();
    else if (reader.field === 2) version = Number(reader.integer());
  }
  return { domain, version };
}

/** @param contents where the main graph's inputs and outputs go; subgraphs leave it out */
function walkGraph(reader: ProtobufReader, walk: Walk, depth: number, contents?: GraphContents): void {
  if (depth > walk.limits.maximumGraphDepth) {
    throw new ModelRefused(
      "UNSUPPORTED_MODEL",
      `graphs are nested more than ${walk.limits.maximumGraphDepth} deep`,
    );
  }
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        walkNode(reader.message(), walk, depth);
        break;
      case 5: {
        const tensor = readTensor(reader.message());
        contents?.initialisers.add(tensor.name);
        countParameters(walk, tensor);
        break;
      }
      case 11:
        contents?.inputs.push(readValue(reader.message()));
        break;
      case 12:
        contents?.outputs.push(readValue(reader.message()));
        break;
      case 15: {
        const values = readSparseTensor(reader.message());
        contents?.initialisers.add(values.name);
        countParameters(walk, values);
        break;
      }
    }
  }
}

function walkNode(reader: ProtobufReader, walk: Walk, depth: number): void {
  if (++walk.nodeCount > walk.limits.maximumNodes) {
    throw new ModelRefused("UNSUPPORTED_MODEL", `the model has more than ${walk.limits.maximumNodes} nodes`);
  }
  let name = "";
  let domain = "";
  const values: TensorSummary[] = [];
  while (reader.next()) {
    if (reader.field === 4) name = reader.text();
    else if (reader.field === 5) values.push(...walkAttribute(reader.message(), walk, depth));
    else if (reader.field === 7) domain = reader.text();
  }
  if (name === "Constant") for (const tensor of values) countParameters(walk, tensor);
  const key = operatorName(domain, name);
  const operator = walk.operators.get(key) ?? { domain, name, count: 0 };
  operator.count++;
  walk.operators.set(key, operator);
}

/** @returns the tensors that the attribute itself holds, not those of its graphs */
function walkAttribute(reader: ProtobufReader, walk: Walk, depth: number): TensorSummary[] {
  const tensors: TensorSummary[] = [];
  const seen = new Set<number>();
  while (reader.next()) {
    const { field } = reader;
    if (field === 5 || field === 6 || field === 22) {
      if (seen.has(field)) throw new ModelRefused("INVALID_MODEL", `an attribute has field ${field} twice`);
      seen.add(field);
    }
    if (field === 5 || field === 10) tensors.push(readTensor(reader.message()));
    else if (field === 6 || field === 11) walkGraph(reader.message(), walk, depth + 1);
    else if (field === 22 || field === 23) tensors.push(readSparseTensor(reader.message()));
  }
  return tensors;
}

/** @returns the stored values; their `name` names the sparse tensor */
function readSparseTensor(reader: ProtobufReader): TensorSummary {
  const dims: bigint[] = [];
  let values: TensorSummary | undefined;
  let hasIndices = false;
  while (reader.next()) {
    if (reader.field === 1) {
      if (values !== undefined)
        throw new ModelRefused("INVALID_MODEL", "a sparse tensor has its values twice");
      values = readTensor(reader.message());
    } else if (reader.field === 2) {
      if (hasIndices) throw new ModelRefused("INVALID_MODEL", "a sparse tensor has its indices twice");
      hasIndices = true;
      readTensor(reader.message());
    } else if (reader.field === 3) dims.push(...reader.integers(MAXIMUM_RANK + 1));
  }
  if (values === undefined) throw new ModelRefused("INVALID_MODEL", "a sparse tensor has no values");
  product(values.name, dims);
  return values;
}

function walkFunction(reader: ProtobufReader, walk: Walk): void {
  let name = "";
  let domain = "";
  while (reader.next()) {
    if (reader.field === 1) name = reader.text();
    else if (reader.field === 7) walkNode(reader.message(), walk, 0);
    else if (reader.field === 10) domain = reader.text();
    else if (reader.field === 11) walkAttribute(reader.message(), walk, 0);
  }
  walk.functions.add(operatorName(domain, name));
}

function walkTrainingGraphs(reader: ProtobufReader, walk: Walk): void {
  const { parameterCount } = walk;
  while (reader.next()) {
    if (reader.field === 1 || reader.field === 2) walkGraph(reader.message(), walk, 0);
  }
  walk.parameterCount = parameterCount; // what only training uses is no weight of the model
}

function countParameters(walk: Walk, { element, elementCount }: TensorSummary): void {
  if (element.name !== "int64") walk.parameterCount += elementCount;
}

function requireKnownOperators({ operators, functions }: Walk): void {
  for (const [key, { domain, name }] of operators) {
    if (OPERATOR_DOMAINS.has(domain) || (functions.has(key) && !RUNTIME_DOMAINS.test(domain))) continue;
    throw new ModelRefused(
      "UNSUPPORTED_MODEL",
      `operator ${quote(name)} is of the domain ${quote(domain)}: export with standard ONNX operators only`,
    );
  }
}

/** How an operator is called in `operators`. */
export function operatorName(domain: string, name: string): string {
  return domain === "" || domain === "ai.onnx" ? name : `${domain}.${name}`;
}
