/** A float32 array with its shape, row-major. */
export interface StoredTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Room for 30,000 PTMs, and refused before it is parsed: hostile JSON costs a tenth of a second a megabyte. */
const HEADER_LIMIT = 8 * 1024 * 1024; // bytes
const LENGTH_BYTES = 8;
const FLOAT32_BYTES = 4;

interface Entry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/**
 * Reads a safetensors file that holds float32 tensors only.
 *
 * The data must be covered by the tensors exactly: no overlap, no gap, nothing behind the last one. So a file has one
 * meaning, and nothing can hide in it.
 * Source: the format section of the safetensors README (huggingface/safetensors). Variant: F32 alone.
 *
 * @returns the tensors by name, copied out of `bytes`
 * @throws RangeError naming the tensor and what is wrong with it
 */
export function readSafetensors(bytes: Uint8Array): Map<string, StoredTensor> {
  const { header, data } = split(bytes);
  const entries = Object.entries(header)
    .filter(([name]) => name !== "__metadata__")
    .map(([name, value]) => entryOf(name, value))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);

  let covered = 0;
  const tensors = new Map<string, StoredTensor>();
  for (const { name, shape, begin, end } of entries) {
    if (begin !== covered) {
      const fault = begin < covered ? "overlaps the tensor before it" : "leaves a gap before it";
      throw new RangeError(
        `safetensors: ${name} must begin at byte ${covered} but ${fault} (begins at ${begin})`,
      );
    }
    if (end > data.byteLength) {
      throw new RangeError(`safetensors: ${name} ends at byte ${end} of ${data.byteLength}`);
    }
    // A copy by constructor: floats must lie at a multiple of four, and Buffer's own slice() would not copy.
    tensors.set(name, { shape, values: new Float32Array(new Uint8Array(data.subarray(begin, end)).buffer) });
    covered = end;
  }
  if (covered !== data.byteLength) {
    throw new RangeError(
      `safetensors: the tensors end at byte ${covered} but ${data.byteLength} bytes of data came`,
    );
  }
  return tensors;
}

/**
 * Writes a safetensors file; equal tensors in equal order give equal bytes.
 *
 * @throws RangeError if values do not fill their shape, or the names and shapes need a header that no reader takes
 */
export function writeSafetensors(tensors: ReadonlyMap<string, StoredTensor>): Uint8Array {
  const header: Record<string, unknown> = {};
  let end = 0;
  for (const [name, { shape, values }] of tensors) {
    if (elementCount(shape) !== values.length) {
      throw new RangeError(`safetensors: ${name} [${shape.join(", ")}] cannot hold ${values.length} values`);
    }
    const begin = end;
    end += values.byteLength;
    header[name] = { dtype: "F32", shape, data_offsets: [begin, end] };
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  // Blanks behind the header bring the data to a multiple of eight, so that readers can map it in place.
  const headerLength = Math.ceil(json.byteLength / 8) * 8;
  if (headerLength > HEADER_LIMIT) {
    throw new RangeError(
      `safetensors: a header may have ${HEADER_LIMIT} bytes, ${tensors.size} tensors need ${headerLength}`,
    );
  }
  const bytes = new Uint8Array(LENGTH_BYTES + headerLength + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true);
  bytes.fill(0x20, LENGTH_BYTES, LENGTH_BYTES + headerLength);
  bytes.set(json, LENGTH_BYTES);
  let offset = LENGTH_BYTES + headerLength;
  for (const { values } of tensors.values()) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), offset);
    offset += values.byteLength;
  }
  return bytes;
}

function split(bytes: Uint8Array): { header: object; data: Uint8Array } {
  if (bytes.byteLength < LENGTH_BYTES) {
    throw new RangeError(
      `safetensors: a file begins with ${LENGTH_BYTES} bytes of length, got ${bytes.byteLength}`,
    );
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(0, true);
  if (length > BigInt(HEADER_LIMIT)) {
    throw new RangeError(`safetensors: a header may have ${HEADER_LIMIT} bytes, this one claims ${length}`);
  }
  const dataBegin = LENGTH_BYTES + Number(length);
  if (dataBegin > bytes.byteLength) {
    throw new RangeError(`safetensors: the header claims ${length} bytes, the file has ${bytes.byteLength}`);
  }
  return { header: parseHeader(bytes.subarray(LENGTH_BYTES, dataBegin)), data: bytes.subarray(dataBegin) };
}

function parseHeader(bytes: Uint8Array): object {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new RangeError("safetensors: the header must be JSON in UTF-8", { cause });
  }
  if (typeof header !== "object" || header === null || Array.isArray(header)) {
    throw new RangeError("safetensors: the header must be a JSON object");
  }
  return header;
}

function entryOf(name: string, value: unknown): Entry {
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Record<string, unknown>;
  if (dtype !== "F32")
    throw new RangeError(`safetensors: ${name} must have dtype F32, got ${JSON.stringify(dtype)}`);
  if (!isCounts(shape)) {
    throw new RangeError(
      `safetensors: ${name} must have a shape of integers >= 0, got ${JSON.stringify(shape)}`,
    );
  }
  if (!isCounts(offsets) || offsets.length !== 2 || offsets[0]! > offsets[1]!) {
    throw new RangeError(
      `safetensors: ${name} must have data_offsets [begin, end], got ${JSON.stringify(offsets)}`,
    );
  }
  const [begin, end] = offsets as [number, number];
  if (elementCount(shape) * FLOAT32_BYTES !== end - begin) {
    throw new RangeError(
      `safetensors: ${name} [${shape.join(", ")}] needs ${elementCount(shape) * FLOAT32_BYTES} bytes, got ${end - begin}`,
    );
  }
  return { name, shape, begin, end };
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && (item as number) >= 0);
}

/** Larger than any file when a product overflows: floating point grows, it never wraps around. */
function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
