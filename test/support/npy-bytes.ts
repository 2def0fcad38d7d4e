export interface NpyWriting {
  readonly version?: 1 | 2 | 3;
  readonly fortranOrder?: boolean;
  /** The whole dictionary, in place of a true one. */
  readonly header?: string;
}

/** A .npy file: numpy's description of the elements, the shape, and the elements as they lie in the file. */
export function npyBytes(
  descr: string,
  shape: readonly number[],
  payload: ArrayBufferView,
  { version = 1, fortranOrder = false, header }: NpyWriting = {},
): Buffer<ArrayBuffer> {
  const order = fortranOrder ? "True" : "False";
  const tuple = `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`;
  const text = header ?? `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${tuple}, }`;
  const start = version === 1 ? 10 : 12;
  const headerBytes = Math.ceil((start + text.length + 1) / 64) * 64 - start;
  const preamble = Buffer.alloc(start);
  preamble.write("\u0093NUMPY", "latin1");
  preamble.writeUInt8(version, 6);
  if (version === 1) preamble.writeUInt16LE(headerBytes, 8);
  else preamble.writeUInt32LE(headerBytes, 8);
  const padded = Buffer.from(`${text.padEnd(headerBytes - 1)}\n`, "latin1");
  const elements = new Uint8Array(payload.buffer, payload.byteOffset, payload.byteLength);
  return Buffer.concat([preamble, padded, elements]);
}

/** Texts as numpy's `<U` elements: UTF-32, little endian, padded with zeros. */
export function utf32(texts: readonly string[], width: number): Uint32Array {
  const points = new Uint32Array(texts.length * width);
  for (const [i, text] of texts.entries()) {
    points.set(
      Array.from(text, (character) => character.codePointAt(0)!),
      i * width,
    );
  }
  return points;
}
