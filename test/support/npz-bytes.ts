import { honestZip } from "./zip-bytes.js";

/** An .npz of .npy files by the names of their arrays. */
export function npzBytes(arrays: Readonly<Record<string, Uint8Array>>): Promise<Buffer> {
  return honestZip(Object.fromEntries(Object.entries(arrays).map(([name, bytes]) => [`${name}.npy`, bytes])));
}
