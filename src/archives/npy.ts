import { badArchive, quoted } from "./bad-archive.js";
import { readNpyHeader } from "./npy-header.js";

/** An array of numbers or texts as numpy saved it, in row-major order and this machine's byte order. */
export type NpyArray = NpyNumbers | NpyTexts;

export interface NpyNumbers {
  readonly kind: "integers" | "floats";
  /** numpy's name without byte order, such as `u1`, `i8`, `f4`. */
  readonly dtype: keyof typeof NUMBER_TYPES;
  readonly shape: readonly number[];
  /** Length: the product of `shape`. 64-bit integers come as bigint. */
  readonly values: NumberValues;
}

export interface NpyTexts {
  readonly kind: "texts";
  /** `U` with the longest length, such as `U12`. */
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly values: readonly string[];
}

type NumberValues =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | BigUint64Array
  | BigInt64Array
  | Float32Array
  | Float64Array;

const NUMBER_TYPES = {
  u1: Uint8Array,
  i1: Int8Array,
  u2: Uint16Array,
  i2: Int16Array,
  u4: Uint32Array,
  i4: Int32Array,
  u8: BigUint64Array,
  i8: BigInt64Array,
  f4: Float32Array,
  f8: Float64Array,
} as const;

const MAX_DIMENSIONS = 64; // numpy's own limit
const UTF32_BYTES = 4;

/**
 * Reads the .npy format, versions 1 to 3, little and big endian, C and Fortran order.
 *
 * Read are integers of 1 to 8 bytes, float32, float64 and unicode texts. Object arrays hold Python pickles, which run
 * code when they are opened: they are refused, as are structured arrays.
 * Source: the format's description in numpy.lib.format (NEP 1).
 *
 * @param bytes the whole file; its memory may be shared with the result
 * @param name  what to call it in messages
 * @throws DomainError BAD_USER_INPUT if the header is malformed, the type is not read, or the length does not fit the shape
 */
export function parseNpy(bytes: Uint8Array<ArrayBuffer>, name: string): NpyArray {
  const header = readNpyHeader(bytes, name);
  const payload = bytes.subarray(header.payloadStart);
  const { code, width, bigEndian } = elementType(header.descr, name);
  const itemBytes = code === "U" ? width * UTF32_BYTES : width;
  const count = elementCount(header.shape, name);
  if (payload.length !== count * itemBytes) {
    throw badArchive(
      `Array ${quoted(name)} has shape [${header.shape.join(", ")}] of ${itemBytes}-byte elements, which takes ${count * itemBytes} bytes; got ${payload.length}. The file is cut off or its header is wrong.`,
    );
  }
  const { shape } = header;
  if (code === "U") {
    const texts = readTexts(aligned(payload, UTF32_BYTES, bigEndian), count, width, name);
    const values = header.fortranOrder
      ? fromFortranOrder(texts, shape, Array.from<string>({ length: count }))
      : texts;
    return { kind: "texts", dtype: `U${width}`, shape, values };
  }
  const dtype = `${code}${width}`;
  if (!isNumberType(dtype)) throw unreadableType(header.descr, name);
  const Values = NUMBER_TYPES[dtype];
  const buffer = aligned(payload, width, bigEndian);
  const stored: NumberValues = new Values(buffer.buffer, buffer.byteOffset, count);
  const values = header.fortranOrder
    ? fromFortranOrder<number | bigint, NumberValues>(stored, shape, new Values(count))
    : stored;
  return { kind: code === "f" ? "floats" : "integers", dtype, shape, values };
}

function elementType(descr: string, name: string): { code: string; width: number; bigEndian: boolean } {
  const [, order, code, width] = /^([<>|=])?([A-Za-z])(\d{0,9})$/.exec(descr) ?? [];
  if (code === undefined || code === "O" || code === "V") throw unreadableType(descr, name);
  if (Number(width) === 0) throw unreadableType(descr, name);
  return { code, width: Number(width), bigEndian: order === ">" };
}

function unreadableType(descr: string, name: string): Error {
  if (descr.endsWith("O")) {
    return badArchive(
      `Array ${quoted(name)} holds Python objects (dtype object), which only unpickling could read and which is never done. Convert it before saving, for example with .astype("int64") or .astype("U").`,
    );
  }
  return badArchive(
    `Array ${quoted(name)} has dtype ${quoted(descr)}; read are integers, float32, float64 and unicode text (U1 or longer). Convert it with .astype(...) before saving.`,
  );
}

function isNumberType(dtype: string): dtype is keyof typeof NUMBER_TYPES {
  return Object.hasOwn(NUMBER_TYPES, dtype);
}

function elementCount(shape: readonly number[], name: string): number {
  let count = 1;
  for (const length of shape) count *= length;
  if (shape.length > MAX_DIMENSIONS || !shape.every(Number.isSafeInteger) || !Number.isSafeInteger(count)) {
    throw badArchive(`Array ${quoted(name)} has the impossible shape ${quoted(`[${shape.join(", ")}]`)}.`);
  }
  return count;
}

/** Typed arrays must begin at a multiple of their element's size and read this machine's (little endian) order. */
function aligned(payload: Uint8Array<ArrayBuffer>, width: number, bigEndian: boolean): Buffer<ArrayBuffer> {
  const usable = payload.byteOffset % width === 0 && !bigEndian;
  const source = usable ? payload : new Uint8Array(payload); // not slice(): a Buffer's shares its memory
  const buffer = Buffer.from(source.buffer, source.byteOffset, source.length);
  if (!bigEndian) return buffer;
  if (width === 2) buffer.swap16();
  if (width === 4) buffer.swap32();
  if (width === 8) buffer.swap64();
  return buffer;
}

/** Texts are UTF-32, padded at the end with zeros. */
function readTexts(codes: Buffer<ArrayBuffer>, count: number, width: number, name: string): string[] {
  const points = new Uint32Array(codes.buffer, codes.byteOffset, count * width);
  const texts: string[] = [];
  for (let i = 0; i < count; i++) {
    let end = (i + 1) * width;
    while (end > i * width && points[end - 1] === 0) end--;
    let text = "";
    for (const point of points.subarray(i * width, end)) {
      if (point > 0x10ffff) {
        throw badArchive(
          `Array ${quoted(name)} holds ${point} at text ${i}, which is no Unicode code point.`,
        );
      }
      text += String.fromCodePoint(point);
    }
    texts.push(text);
  }
  return texts;
}

/** Fortran order has the first index fastest, row-major order the last. */
function fromFortranOrder<Value, Values extends ArrayLike<Value> & { [index: number]: Value }>(
  stored: ArrayLike<Value>,
  shape: readonly number[],
  rowMajor: Values,
): Values {
  const index = shape.map(() => 0);
  for (let i = 0; i < rowMajor.length; i++) {
    let position = 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) position = position * shape[axis]! + index[axis]!;
    rowMajor[i] = stored[position]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]!++;
      if (index[axis]! < shape[axis]!) break;
      index[axis] = 0;
    }
  }
  return rowMajor;
}
