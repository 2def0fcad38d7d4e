import { badArchive, firstBytes, quoted } from "./bad-archive.js";

/** What comes before the elements of a .npy file. */
export interface NpyHeader {
  /** numpy's description of one element, such as `<f4`; not yet checked. */
  readonly descr: string;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  /** Bytes before the first element. */
  readonly payloadStart: number;
}

const MAX_HEADER_BYTES = 10_000; // the most numpy itself parses of an untrusted header

/** @throws DomainError BAD_USER_INPUT if the bytes begin with no .npy header, or with one of a structured array */
export function readNpyHeader(bytes: Uint8Array, name: string): NpyHeader {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.subarray(0, 6).toString("latin1") !== "\u0093NUMPY") {
    throw badArchive(
      `Array ${quoted(name)} begins with ${firstBytes(bytes)}; expected a .npy file as numpy.save and numpy.savez write it.`,
    );
  }
  const cutOff = badArchive(`Array ${quoted(name)} ends inside its header; the file is cut off.`);
  if (view.length < 12) throw cutOff;
  const version = view.readUInt8(6);
  if (version < 1 || version > 3) {
    throw badArchive(`Array ${quoted(name)} has .npy version ${version}; versions 1 to 3 are read.`);
  }
  const headerStart = version === 1 ? 10 : 12;
  const headerBytes = version === 1 ? view.readUInt16LE(8) : view.readUInt32LE(8);
  if (headerBytes > MAX_HEADER_BYTES) {
    throw badArchive(
      `Array ${quoted(name)} has a header of ${headerBytes} bytes; at most ${MAX_HEADER_BYTES} are read.`,
    );
  }
  const payloadStart = headerStart + headerBytes;
  if (payloadStart > view.length) throw cutOff;
  const text = view.subarray(headerStart, payloadStart).toString(version === 3 ? "utf8" : "latin1");
  return { ...parseDictionary(text, name), payloadStart };
}

/** The header is a Python dictionary of exactly three keys, in any order; nothing of it is evaluated. */
function parseDictionary(text: string, name: string): Omit<NpyHeader, "payloadStart"> {
  if (/['"]descr['"]\s*:\s*\[/.test(text)) {
    throw badArchive(
      `Array ${quoted(name)} is a structured array (named fields); save each field as a plain array of its own.`,
    );
  }
  const descr = /['"]descr['"]\s*:\s*['"]([^'"]{1,16})['"]/.exec(text);
  const fortranOrder = /['"]fortran_order['"]\s*:\s*(True|False)/.exec(text);
  const shape = /['"]shape['"]\s*:\s*\(([\d,\s]*)\)/.exec(text);
  const rest = [descr, fortranOrder, shape].reduce((left, found) => left.replace(found?.[0] ?? "", ""), text);
  if (descr === null || fortranOrder === null || shape === null || !/^\s*\{[\s,]*\}\s*$/.test(rest)) {
    throw badArchive(
      `Array ${quoted(name)} has the header ${quoted(text.trim())}; expected descr, fortran_order and shape as numpy writes them.`,
    );
  }
  return {
    descr: descr[1]!,
    fortranOrder: fortranOrder[1] === "True",
    shape: shape[1]!
      .split(",")
      .map((length) => length.trim())
      .filter((length) => length !== "")
      .map(Number),
  };
}
