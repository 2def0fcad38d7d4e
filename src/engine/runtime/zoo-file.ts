import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";

import { PTM_SCALARS } from "../spider/gram-graph.js";
import { STORAGE_BYTES, TOKEN_STORAGES } from "../spider/token-storage.js";
import type { StoredTokens, TokenStorage } from "../spider/token-storage.js";

/*
 * A zoo's tokens and per-PTM numbers in one immutable file: what a scorer needs, in the order in which it reads it.
 *
 *     "ORBZOO01" | header length, uint32 | header, JSON | ids | digests | scales | scalars | tokens | exact tokens
 *
 * Little-endian, every part at a multiple of 64 bytes, so that a part is a typed array over the file's bytes as they
 * are: on disk, in memory, or mapped by another program. PTMs are in ascending order of their ids.
 */

const MAGIC = "ORBZOO01";
const ALIGNMENT = 64;
const LARGEST_HEADER = 4096;
/** One read call moves at most 2 GiB on Linux; smaller pieces cost nothing. */
const LARGEST_READ = 256 * 1024 * 1024;

export const ID_BYTES = 16;
export const DIGEST_BYTES = 32;

/** What a zoo file holds, as its header says it. */
export interface ZooFileHeader {
  /** SHA-256 of the spider's snapshot, hexadecimal. */
  readonly spider: string;
  readonly storage: TokenStorage;
  readonly rows: number;
  readonly width: number;
}

export type ZooFilePart = "ids" | "digests" | "scales" | "scalars" | "tokens" | "exact";

interface Extent {
  readonly offset: number;
  readonly bytes: number;
}

/** What a scorer needs of a zoo file: in memory but for the exact tokens, which are read where they are needed. */
export interface ZooFile {
  readonly header: ZooFileHeader;
  readonly tokens: StoredTokens;
  readonly scalars: Float32Array;
  /** The tokens in float32, shape [positions, d]; present where the stored ones are int8. */
  readonly exact?: (positions: Int32Array) => Promise<Float32Array>;
  readonly close: () => Promise<void>;
}

/** Where each part of a file lies, which follows from its header alone. */
export function zooFileParts(header: ZooFileHeader): {
  readonly start: Buffer;
  readonly parts: Readonly<Record<ZooFilePart, Extent>>;
  readonly bytes: number;
} {
  const { rows, width, storage } = header;
  const json = Buffer.from(JSON.stringify(header));
  const start = Buffer.alloc(MAGIC.length + 4 + json.length);
  start.write(MAGIC, "latin1");
  start.writeUInt32LE(json.length, MAGIC.length);
  json.copy(start, MAGIC.length + 4);

  let end = start.length;
  const next = (bytes: number): Extent => {
    const offset = Math.ceil(end / ALIGNMENT) * ALIGNMENT;
    end = offset + bytes;
    return { offset, bytes };
  };
  const narrow = storage === "int8";
  const parts = {
    ids: next(rows * ID_BYTES),
    digests: next(rows * DIGEST_BYTES),
    scales: next(narrow ? rows * 4 : 0),
    scalars: next(rows * PTM_SCALARS * 4),
    tokens: next(rows * width * STORAGE_BYTES[storage]),
    exact: next(narrow ? rows * width * 4 : 0),
  };
  return { start, parts, bytes: end };
}

/**
 * Reads a zoo file straight into one ArrayBuffer. Node has no mmap; a read of cached pages moves several GB/s, so that a
 * million PTMs are there in a second.
 *
 * @throws RangeError if the file is no zoo file or not whole
 */
export async function openZooFile(path: string): Promise<ZooFile> {
  const file = await open(path);
  try {
    const header = await readHeader(file, path);
    const { parts, bytes } = zooFileParts(header);
    const { size } = await file.stat();
    if (size !== bytes) throw new RangeError(`openZooFile: ${path} must have ${bytes} bytes, got ${size}`);

    const { storage, rows, width } = header;
    // Ids and digests stay on disk: scoring needs neither.
    const begin = parts.scales.offset;
    const buffer = new ArrayBuffer(parts.exact.offset - begin);
    await readInto(file, new Uint8Array(buffer), begin, path);
    const values = storageArray(storage, buffer, parts.tokens.offset - begin, rows * width);
    const floats = ({ offset, bytes }: Extent): Float32Array =>
      new Float32Array(buffer, offset - begin, bytes / 4);
    return {
      header,
      tokens: { storage, rows, width, values, scales: floats(parts.scales) },
      scalars: floats(parts.scalars),
      ...(storage === "int8" && {
        exact: (positions: Int32Array) => readRows(file, parts.exact.offset, positions, width, path),
      }),
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/**
 * Reads what a zoo file says of its PTMs: their ids (ID_BYTES each) and the digests of their tokens (DIGEST_BYTES each).
 *
 * @throws RangeError if the file is no zoo file or ends early
 */
export async function readZooFileParts<Part extends "ids" | "digests">(
  file: FileHandle,
  path: string,
  wanted: readonly Part[],
): Promise<{ header: ZooFileHeader } & Record<Part, Uint8Array>> {
  const header = await readHeader(file, path);
  const { parts } = zooFileParts(header);
  const read: Partial<Record<Part, Uint8Array>> = {};
  for (const part of wanted) {
    const bytes = new Uint8Array(parts[part].bytes);
    await readInto(file, bytes, parts[part].offset, path);
    read[part] = bytes;
  }
  return { header, ...(read as Record<Part, Uint8Array>) };
}

/** The token digests of a few rows of a zoo file that is open, DIGEST_BYTES each. */
export async function readZooFileDigests(
  file: FileHandle,
  path: string,
  rows: readonly number[],
): Promise<Buffer> {
  const digests = Buffer.alloc(rows.length * DIGEST_BYTES);
  if (rows.length === 0) return digests;
  const { offset } = zooFileParts(await readHeader(file, path)).parts.digests;
  for (const [i, row] of rows.entries()) {
    const digest = digests.subarray(i * DIGEST_BYTES, (i + 1) * DIGEST_BYTES);
    await readInto(file, digest, offset + row * DIGEST_BYTES, path);
  }
  return digests;
}

async function readHeader(file: FileHandle, path: string): Promise<ZooFileHeader> {
  const start = Buffer.alloc(MAGIC.length + 4 + LARGEST_HEADER);
  const { bytesRead } = await file.read(start, 0, start.length, 0);
  const length = bytesRead < MAGIC.length + 4 ? 0 : start.readUInt32LE(MAGIC.length);
  if (start.toString("latin1", 0, MAGIC.length) !== MAGIC || length > LARGEST_HEADER) {
    throw new RangeError(`openZooFile: ${path} is no zoo file`);
  }
  const json = start.toString("utf8", MAGIC.length + 4, MAGIC.length + 4 + length);
  const header = JSON.parse(json) as ZooFileHeader;
  const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
  if (!TOKEN_STORAGES.includes(header.storage) || !isCount(header.rows) || !isCount(header.width)) {
    throw new RangeError(`openZooFile: ${path} has a header that says nothing: ${json}`);
  }
  return header;
}

function storageArray(
  storage: TokenStorage,
  buffer: ArrayBuffer,
  offset: number,
  length: number,
): StoredTokens["values"] {
  if (storage === "float32") return new Float32Array(buffer, offset, length);
  if (storage === "float16") return new Uint16Array(buffer, offset, length);
  return new Int8Array(buffer, offset, length);
}

async function readRows(
  file: FileHandle,
  offset: number,
  positions: Int32Array,
  width: number,
  path: string,
): Promise<Float32Array> {
  const rows = new Float32Array(positions.length * width);
  for (const [i, position] of positions.entries()) {
    const row = rows.subarray(i * width, (i + 1) * width);
    const bytes = new Uint8Array(row.buffer, row.byteOffset, row.byteLength);
    await readInto(file, bytes, offset + position * width * 4, path);
  }
  return rows;
}

async function readInto(file: FileHandle, target: Uint8Array, position: number, path: string): Promise<void> {
  for (let done = 0; done < target.length;) {
    const length = Math.min(LARGEST_READ, target.length - done);
    const { bytesRead } = await file.read(target, done, length, position + done);
    if (bytesRead === 0) throw new RangeError(`openZooFile: ${path} ended while it was read`);
    done += bytesRead;
  }
}
