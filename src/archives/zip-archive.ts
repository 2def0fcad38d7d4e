import { open, type FileHandle } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { crc32, createInflateRaw } from "node:zlib";
import yauzl, { type Entry, type ZipFile } from "yauzl";

import { DomainError } from "../errors.js";
import type { ArchiveLimits } from "./archive-limits.js";
import { badArchive, firstBytes, quoted } from "./bad-archive.js";
import { isDesktopLitter, requireEntryPath } from "./entry-path.js";
import { FileReader } from "./file-reader.js";
import {
  DEFLATED,
  entryPath,
  requireEntrySize,
  requirePlainEntry,
  requireTotalSize,
} from "./zip-entry-rules.js";

/** One file of an opened zip; `read` inflates it whole and is good only while the zip is open. */
export interface ZipEntry {
  readonly path: string;
  readonly read: () => Promise<Uint8Array<ArrayBuffer>>;
}

/** What a zip holds, in the order of its directory, without desktop litter. Folders end without a slash. */
export interface ZipListing {
  readonly files: readonly ZipEntry[];
  readonly folders: readonly string[];
}

/**
 * Opens a zip, checks its whole directory against the limits, lends it to `use`, and closes it.
 *
 * Sizes that a zip declares are claims: they are refused when they break a limit, and inflating stops at the first
 * byte beyond them, so no entry costs more memory than it declared and no archive more than its limits.
 *
 * @throws DomainError BAD_USER_INPUT if the file is no zip, is damaged or breaks a limit; system errors as they are
 */
export async function withZip<T>(
  path: string,
  limits: ArchiveLimits,
  use: (listing: ZipListing) => Promise<T>,
): Promise<T> {
  const handle = await open(path, "r");
  try {
    await requireZipSignature(handle);
    return await use(await list(handle, limits));
  } finally {
    await handle.close();
  }
}

const PICKLE_START = 0x80; // the PROTO opcode, which opens every pickle since Python 2.3

/** Byte 0 must begin an entry: a picture or program with a zip glued to its end opens elsewhere, and not here. */
async function requireZipSignature(handle: FileHandle): Promise<void> {
  const head = Buffer.alloc(8);
  const { bytesRead } = await handle.read(head, 0, head.length, 0);
  const found = head.subarray(0, bytesRead);
  const signature = found.toString("latin1");
  if (signature.startsWith("PK\u0003\u0004")) return;
  if (signature.startsWith("PK\u0005\u0006"))
    throw badArchive("The archive is an empty zip: expected at least 2 classes with samples.");
  let came = `a file that begins with ${firstBytes(found)}`;
  if (found[0] === PICKLE_START) came = "a Python pickle, which is never opened";
  if (signature.startsWith("\u0093NUMPY"))
    came = "a single .npy array (save images and labels together with numpy.savez)";
  throw badArchive(`Expected a zip with one folder per class, or an .npz; got ${came}.`);
}

async function list(handle: FileHandle, limits: ArchiveLimits): Promise<ZipListing> {
  const { size: fileBytes } = await handle.stat();
  const files: ZipEntry[] = [];
  const folders: string[] = [];
  const paths = new Set<string>();
  let total = 0;
  try {
    const zip = await yauzl.fromRandomAccessReaderPromise(new FileReader(handle, fileBytes), fileBytes, {
      autoClose: false,
      decodeStrings: false, // names are decoded below, so that a backslash stays visible
    });
    if (zip.entryCount > limits.entries) {
      throw badArchive(`The archive lists ${zip.entryCount} entries; at most ${limits.entries} are allowed.`);
    }
    for await (const entry of zip.eachEntry()) {
      const path = entryPath(entry);
      requireEntryPath(path);
      if (paths.has(path))
        throw badArchive(`Archive entry ${quoted(path)} is there twice; every path must be unique.`);
      paths.add(path);
      requirePlainEntry(entry, path);
      if (isDesktopLitter(path.replace(/\/$/, ""))) continue;
      if (path.endsWith("/")) {
        folders.push(path.slice(0, -1));
        continue;
      }
      requireEntrySize(entry, path, limits);
      total += entry.uncompressedSize;
      requireTotalSize(total, fileBytes, limits);
      files.push({ path, read: () => inflate(handle, zip, entry, path) });
    }
  } catch (error) {
    throw asBadArchive(error, "The zip is damaged or cut off");
  }
  return { files, folders };
}

async function inflate(
  handle: FileHandle,
  zip: ZipFile,
  entry: Entry,
  path: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(entry.uncompressedSize);
  let written = 0;
  const collect = async (chunks: AsyncIterable<Uint8Array>): Promise<void> => {
    for await (const chunk of chunks) {
      if (written + chunk.length > bytes.length) {
        throw badArchive(
          `Archive entry ${quoted(path)} inflates to more than the ${bytes.length} bytes it declares; the zip is damaged or forged.`,
        );
      }
      bytes.set(chunk, written);
      written += chunk.length;
    }
  };
  try {
    const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
    const source = fileRange(handle, fileDataStart, entry.compressedSize);
    await (entry.compressionMethod === DEFLATED
      ? pipeline(source, createInflateRaw(), collect)
      : pipeline(source, collect));
  } catch (error) {
    throw asBadArchive(error, `Archive entry ${quoted(path)} cannot be inflated`);
  }
  if (written < bytes.length) {
    throw badArchive(
      `Archive entry ${quoted(path)} inflates to ${written} bytes but declares ${bytes.length}; the zip is damaged or forged.`,
    );
  }
  if (crc32(bytes) !== entry.crc32) {
    throw badArchive(
      `Archive entry ${quoted(path)} does not match its checksum; the zip is damaged. Make or upload it again.`,
    );
  }
  return bytes;
}

const CHUNK_BYTES = 65_536;

async function* fileRange(handle: FileHandle, start: number, length: number): AsyncGenerator<Uint8Array> {
  for (let done = 0; done < length;) {
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, length - done));
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, start + done);
    if (bytesRead === 0) return;
    yield chunk.subarray(0, bytesRead);
    done += bytesRead;
  }
}

/** A zip library's complaint is the caller's mistake; a failing disk (it names a system call) or our own bug is not. */
function asBadArchive(error: unknown, what: string): unknown {
  const foreign = error instanceof Error && !(error instanceof TypeError) && !("syscall" in error);
  if (!foreign || error instanceof DomainError) return error;
  return badArchive(`${what}: ${error.message.replace(/\.$/, "")}. Make or upload the archive again.`, error);
}
