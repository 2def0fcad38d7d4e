/** How the tokens of a zoo are kept. Narrow ones become float32 again while a tile is scored. */
export const TOKEN_STORAGES = ["float32", "float16", "int8"] as const;
export type TokenStorage = (typeof TOKEN_STORAGES)[number];

/** Bytes of one value. */
export const STORAGE_BYTES: Readonly<Record<TokenStorage, number>> = { float32: 4, float16: 2, int8: 1 };

/** Tokens as stored, shape [rows, width]: float16 as its bits, int8 in steps of the PTM's own scale. */
export interface StoredTokens {
  readonly storage: TokenStorage;
  readonly rows: number;
  readonly width: number;
  readonly values: Float32Array | Uint16Array | Int8Array;
  /** The value of one int8 step of each PTM, shape [rows]; empty for the other storages. */
  readonly scales: Float32Array;
}

const INT8_STEPS = 127; // symmetric: -128 stays unused, so that zero is exact

/**
 * Rounds tokens to a storage: float16 to the nearest, ties to even; int8 to the nearest step of max |theta_m| / 127.
 *
 * @param values shape [rows, width], finite; kept, not copied, for float32
 * @throws RangeError if a value is too large for float16 (above 65504)
 */
export function storeTokens(values: Float32Array, width: number, storage: TokenStorage): StoredTokens {
  const rows = values.length / width;
  const none = new Float32Array(0);
  if (storage === "float32") return { storage, rows, width, values, scales: none };
  if (storage === "float16") {
    const halves = new Uint16Array(values.length);
    for (let i = 0; i < values.length; i++) halves[i] = float16Bits(values[i]!);
    return { storage, rows, width, values: halves, scales: none };
  }
  const steps = new Int8Array(values.length);
  const scales = new Float32Array(rows);
  for (let m = 0; m < rows; m++) {
    let largest = 0;
    for (let i = m * width; i < (m + 1) * width; i++) largest = Math.max(largest, Math.abs(values[i]!));
    // A token of zeros has no scale of its own; any but zero will do.
    const scale = Math.fround(largest / INT8_STEPS) || 1;
    scales[m] = scale;
    for (let i = m * width; i < (m + 1) * width; i++) steps[i] = Math.round(values[i]! / scale);
  }
  return { storage, rows, width, values: steps, scales };
}

/** The tokens [start, end) as float32, shape [end - start, width]: what the stored values stand for. */
export function readTokens(tokens: StoredTokens, start: number, end: number): Float32Array {
  const { values, width, scales } = tokens;
  const stored = values.subarray(start * width, end * width);
  if (stored instanceof Float32Array) return stored;
  const read = new Float32Array(stored.length); // plain loops: typed arrays' `from` iterates ten times slower
  if (stored instanceof Uint16Array) {
    for (let i = 0; i < read.length; i++) read[i] = float16Value(stored[i]!);
    return read;
  }
  for (let i = 0; i < read.length; i++) read[i] = stored[i]! * scales[start + Math.floor(i / width)]!;
  return read;
}

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);
const ROUND_TO_INTEGER = 2 ** 52; // adding and subtracting it rounds a small double to an integer, ties to even

/** float32 to the bits of the nearest float16 (IEEE 754 binary16), ties to even. */
function float16Bits(value: number): number {
  float[0] = value;
  const pattern = bits[0]!;
  const sign = (pattern >>> 16) & 0x8000;
  const magnitude = pattern & 0x7fffffff;
  // Below 2^-14 float16 counts in steps of 2^-24.
  if (magnitude < 0x38800000) {
    return sign | (Math.abs(value) * 2 ** 24 + ROUND_TO_INTEGER - ROUND_TO_INTEGER);
  }
  // 13 bits of the significand go; the exponent's bias falls from 127 to 15.
  const half = (magnitude + 0xfff + ((magnitude >>> 13) & 1) - 0x38000000) >>> 13;
  if (half >= 0x7c00) {
    throw new RangeError(`storeTokens: a float16 token must lie within +-65504, got ${value}`);
  }
  return sign | half;
}

function float16Value(half: number): number {
  const exponent = (half >>> 10) & 0x1f;
  const significand = half & 0x3ff;
  const magnitude = exponent === 0 ? significand * 2 ** -24 : (1 + significand / 1024) * 2 ** (exponent - 15);
  return half & 0x8000 ? -magnitude : magnitude;
}
