import { TENSOR_ELEMENTS } from "./element-types.js";
import type { TensorElement, ValueField } from "./element-types.js";
import { ModelRefused } from "./model-refused.js";
import type { ProtobufReader } from "./protobuf-reader.js";
import { quote } from "./quote.js";

/** No operator takes more; a longer list only costs time. */
export const MAXIMUM_RANK = 32;

/** What a weight says about itself; its values are never decoded. */
export interface TensorSummary {
  readonly name: string;
  readonly element: TensorElement;
  readonly dims: readonly number[];
  /** Product of dims. */
  readonly elementCount: number;
}

/**
 * Reads a TensorProto's header and checks that it carries exactly the values its dims announce.
 * External data is refused here, so every tensor of a model, wherever it sits, must come through this function.
 *
 * @throws ModelRefused for external data, segments, bad dims, an unknown element type, values that do not fill the dims
 */
export function readTensor(reader: ProtobufReader): TensorSummary {
  const dims: bigint[] = [];
  const counts: Record<ValueField, number> = {
    float_data: 0,
    int32_data: 0,
    int64_data: 0,
    double_data: 0,
    uint64_data: 0,
    string_data: 0,
  };
  let type = 0;
  let name = "";
  let rawBytes: number | undefined;
  let refusal: string | undefined;
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        dims.push(...reader.integers(MAXIMUM_RANK + 1));
        break;
      case 2:
        type = Number(reader.integer());
        break;
      case 3:
        refusal ??= "is a segment of a larger one";
        break;
      case 4:
        counts.float_data += reader.countFixed(4);
        break;
      case 5:
        counts.int32_data += reader.countVarints();
        break;
      case 6:
        reader.bytes();
        counts.string_data++;
        break;
      case 7:
        counts.int64_data += reader.countVarints();
        break;
      case 8:
        name = reader.text();
        break;
      case 9:
        rawBytes = reader.bytes().length;
        break;
      case 10:
        counts.double_data += reader.countFixed(8);
        break;
      case 11:
        counts.uint64_data += reader.countVarints();
        break;
      case 13:
        refusal ??= "has external data";
        break;
      case 14:
        // Any location but 0 (DEFAULT): larger numbers are cut to 32 bits by other parsers and may become 1 (EXTERNAL).
        if (reader.integer() !== 0n) refusal ??= "has external data";
        break;
    }
  }
  if (refusal !== undefined) {
    throw new ModelRefused(
      "UNSUPPORTED_MODEL",
      `tensor ${quote(name)} ${refusal}: save the model as one self-contained file`,
    );
  }
  const element = TENSOR_ELEMENTS.get(type);
  if (element === undefined) throw invalid(name, `has element type ${type}, which is not known`);
  const elementCount = product(name, dims);
  requireFilled(name, element, elementCount, rawBytes, counts);
  return { name, element, dims: dims.map(Number), elementCount };
}

/** The number of elements, as a safe integer. */
export function product(name: string, dims: readonly bigint[]): number {
  if (dims.length > MAXIMUM_RANK) throw invalid(name, `has rank over ${MAXIMUM_RANK}`);
  let count = 1n;
  for (const size of dims) {
    if (size < 0n) throw invalid(name, `has a negative dimension in [${dims.join(", ")}]`);
    count *= size;
  }
  if (
    count > BigInt(Number.MAX_SAFE_INTEGER) ||
    dims.some((size) => size > BigInt(Number.MAX_SAFE_INTEGER))
  ) {
    throw invalid(name, `has dimensions past 2^53: [${dims.join(", ")}]`);
  }
  return Number(count);
}

function requireFilled(
  name: string,
  { name: type, bits, field, entries }: TensorElement,
  elementCount: number,
  rawBytes: number | undefined,
  counts: Readonly<Record<ValueField, number>>,
): void {
  for (const other of Object.keys(counts) as ValueField[]) {
    if (counts[other] > 0 && (other !== field || rawBytes !== undefined)) {
      throw invalid(
        name,
        `of ${type} has values in ${other}${rawBytes === undefined ? "" : " beside raw_data"}`,
      );
    }
  }
  const isRaw = rawBytes !== undefined;
  if (isRaw && bits === 0) throw invalid(name, `of ${type} has raw_data`);
  const expected = Math.ceil(elementCount * (isRaw ? bits / 8 : entries));
  const found = rawBytes ?? counts[field];
  if (found !== expected) {
    const where = isRaw ? "bytes of raw_data" : `entries of ${field}`;
    throw invalid(name, `needs ${expected} ${where} for ${elementCount} elements of ${type}, got ${found}`);
  }
}

function invalid(name: string, what: string): ModelRefused {
  return new ModelRefused("INVALID_MODEL", `tensor ${quote(name)} ${what}`);
}
