import { readFileSync } from "node:fs";
import { inflateRawSync } from "node:zlib";

/** One array of an .npz file: its shape and its bytes, row-major, little-endian. */
export interface NpzArray {
  readonly shape: number[];
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Reads the arrays of an .npz file from the repository's own zoo; foreign files go through src/archives. */
export function readNpz(file: URL): Map<string, NpzArray> {
  return new Map(
    [...readZip(file)].map(([name, bytes]) => [name.replace(/\.npy$/, ""), parseNpy(bytes)] as const),
  );
}

/** Reads every file of a zip from the repository's own zoo. Source: PKWARE APPNOTE 4.3, without any extension. */
export function readZip(file: URL): Map<string, Buffer> {
  const zip = readFileSync(file);
  const end = zip.lastIndexOf("PK\x05\x06", undefined, "latin1");
  const files = new Map<string, Buffer>();
  let entry = zip.readUInt32LE(end + 16);
  for (let i = 0; i < zip.readUInt16LE(end + 10); i++) {
    const nameLength = zip.readUInt16LE(entry + 28);
    const name = zip.toString("utf8", entry + 46, entry + 46 + nameLength);
    const local = zip.readUInt32LE(entry + 42);
    const begin = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const stored = zip.subarray(begin, begin + zip.readUInt32LE(entry + 20));
    files.set(name, zip.readUInt16LE(entry + 10) === 0 ? stored : inflateRawSync(stored));
    entry += 46 + nameLength + zip.readUInt16LE(entry + 30) + zip.readUInt16LE(entry + 32);
  }
  return files;
}

/** Source: numpy.lib.format, version 1.0: magic, version, length of the header, a Python literal, the data. */
function parseNpy(bytes: Buffer): NpzArray {
  const data = 10 + bytes.readUInt16LE(8);
  const shape = /'shape': \(([^)]*)\)/.exec(bytes.toString("latin1", 10, data))![1]!;
  const sizes = shape.split(",").map((size) => size.trim());
  return { shape: sizes.filter(Boolean).map(Number), bytes: new Uint8Array(bytes.subarray(data)) };
}
