import { TENSOR_ELEMENTS } from "./element-types.js";
import type { Dimension } from "./graph-builder.js";
import { ModelRefused } from "./model-refused.js";
import type { ProtobufReader } from "./protobuf-reader.js";
import { quote } from "./quote.js";

/** An input or output of a model. */
export interface ModelValue {
  readonly name: string;
  /** "float32", "int64", ...; "sequence", "map", "optional" and the like for what is no tensor, "" where none is declared. */
  readonly elementType: string;
  /** A number is fixed, a string is decided by each run ("" has no name); undefined: even the rank is open. */
  readonly shape: readonly Dimension[] | undefined;
}

const KINDS: ReadonlyMap<number, string> = new Map([
  [4, "sequence"],
  [5, "map"],
  [7, "opaque"],
  [8, "sparse tensor"],
  [9, "optional"],
]);

/** Reads a ValueInfoProto. A type declared twice is refused: parsers that merge and parsers that do not would disagree. */
export function readValue(reader: ProtobufReader): ModelValue {
  let name = "";
  let type: ProtobufReader | undefined;
  while (reader.next()) {
    if (reader.field === 1) name = reader.text();
    else if (reader.field === 2) type = once(name, type, reader);
  }
  let tensor: ProtobufReader | undefined;
  let kind = "";
  while (type?.next()) {
    if (type.field === 1) tensor = once(name, tensor, type);
    kind = KINDS.get(type.field) ?? kind;
  }
  if (tensor === undefined || kind !== "") return { name, elementType: kind, shape: undefined };

  let elementType = "";
  let dimensions: ProtobufReader | undefined;
  while (tensor.next()) {
    if (tensor.field === 1) elementType = TENSOR_ELEMENTS.get(Number(tensor.integer()))?.name ?? "";
    else if (tensor.field === 2) dimensions = once(name, dimensions, tensor);
  }
  if (dimensions === undefined) return { name, elementType, shape: undefined };
  const shape: Dimension[] = [];
  while (dimensions.next()) {
    if (dimensions.field === 1) shape.push(readDimension(name, dimensions.message()));
  }
  return { name, elementType, shape };
}

function readDimension(value: string, reader: ProtobufReader): Dimension {
  let size: Dimension = "";
  while (reader.next()) {
    if (reader.field === 1) {
      const fixed = reader.integer();
      if (fixed < 0n || fixed > BigInt(Number.MAX_SAFE_INTEGER)) {
        throw new ModelRefused("INVALID_MODEL", `${quote(value)} has a dimension of ${fixed}`);
      }
      size = Number(fixed);
    } else if (reader.field === 2) size = reader.text();
  }
  return size;
}

function once(value: string, previous: ProtobufReader | undefined, reader: ProtobufReader): ProtobufReader {
  if (previous === undefined) return reader.message();
  throw new ModelRefused("INVALID_MODEL", `${quote(value)} declares its type twice`);
}
