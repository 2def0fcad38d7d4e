// Writes arrays as numpy's .npz; the same arrays are the same file.
import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";

import { ZipFile } from "yazl";

/** @param arrays [name, numpy's dtype, shape, typed array] each */
export async function writeNpz(file, arrays) {
  const zip = new ZipFile();
  for (const [name, descr, shape, values] of arrays) {
    zip.addBuffer(npy(descr, shape, values), `${name}.npy`, {
      mtime: new Date(1980, 0, 1),
      compressionLevel: 9,
    });
  }
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(file));
}

/** Texts as numpy keeps them: UTF-32, padded with zeros. */
export function textArray(name, texts) {
  const width = Math.max(...texts.map((text) => text.length));
  const points = new Uint32Array(texts.length * width);
  for (const [row, text] of texts.entries()) {
    for (const [i, letter] of Array.from(text).entries()) points[row * width + i] = letter.codePointAt(0);
  }
  return [name, `<U${width}`, [texts.length], points];
}

/** Version 1.0 of the format: magic, length of the header, header padded to 64 bytes, elements. */
function npy(descr, shape, values) {
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${tuple}), }`;
  const length = Math.ceil((10 + header.length + 1) / 64) * 64 - 10;
  const start = Buffer.from([0x93, ...Buffer.from("NUMPY"), 1, 0, length & 255, length >> 8]);
  const elements = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  return Buffer.concat([start, Buffer.from(`${header.padEnd(length - 1)}\n`), elements]);
}
