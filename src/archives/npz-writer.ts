import { buffer } from "node:stream/consumers";

import { ZipFile } from "yazl";

/** An array as numpy describes it. */
export type WrittenArray = readonly [
  name: string,
  dtype: string,
  shape: readonly number[],
  values: ArrayBufferView,
];

const LONG_AGO = new Date(1980, 0, 1);

/**
 * Arrays as numpy's .npz. The same arrays give the same bytes.
 *
 * @param compress 0 stores the arrays as they are, 9 packs them as tightly as deflate can
 */
export async function npzOf(arrays: readonly WrittenArray[], compress = 9): Promise<Uint8Array> {
  const zip = new ZipFile();
  for (const [name, dtype, shape, values] of arrays) {
    zip.addBuffer(npy(dtype, shape, values), `${name}.npy`, { mtime: LONG_AGO, compressionLevel: compress });
  }
  zip.end();
  return buffer(zip.outputStream);
}

/** Texts as numpy keeps them: UTF-32, padded with zeros. */
export function textArray(name: string, texts: readonly string[]): WrittenArray {
  const width = Math.max(1, ...texts.map((text) => text.length));
  const points = new Uint32Array(texts.length * width);
  for (const [row, text] of texts.entries()) {
    for (const [i, letter] of Array.from(text).entries()) points[row * width + i] = letter.codePointAt(0)!;
  }
  return [name, `<U${width}`, [texts.length], points];
}

/** Version 1.0 of the format: magic, length of the header, header padded to 64 bytes, elements. */
function npy(dtype: string, shape: readonly number[], values: ArrayBufferView): Buffer {
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const header = `{'descr': '${dtype}', 'fortran_order': False, 'shape': (${tuple}), }`;
  const length = Math.ceil((10 + header.length + 1) / 64) * 64 - 10;
  const start = Buffer.from([0x93, ...Buffer.from("NUMPY"), 1, 0, length & 255, length >> 8]);
  const elements = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  return Buffer.concat([start, Buffer.from(`${header.padEnd(length - 1)}\n`), elements]);
}
