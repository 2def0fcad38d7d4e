import { isUtf8 } from "node:buffer";
import yauzl, { type Entry } from "yauzl";

import type { ArchiveLimits } from "./archive-limits.js";
import { badArchive, quoted } from "./bad-archive.js";

// What one record of a zip's directory may say, before anything is inflated. All throw DomainError BAD_USER_INPUT.

const UTF8_FLAG = 0x800;

/** macOS writes UTF-8 without saying so; names that are not UTF-8 are read as the format says, in code page 437. */
export function entryPath(entry: Entry): string {
  const flags = entry.generalPurposeBitFlag | (isUtf8(entry.fileNameRaw) ? UTF8_FLAG : 0);
  return yauzl.getFileNameLowLevel(flags, entry.fileNameRaw, entry.extraFields, true);
}

/** Names, extra fields and comments of honest entries take some hundred bytes; the format allows 192 KiB for each. */
const MAX_DIRECTORY_RECORD_BYTES = 4096;
const FILE_TYPE_MASK = 0o170000;
const REGULAR_FILE = 0o100000;
const DIRECTORY = 0o040000;
const STORED = 0;
export const DEFLATED = 8;

/** Refuses encryption, links, foreign compression and swollen records. */
export function requirePlainEntry(entry: Entry, path: string): void {
  const recordBytes = entry.fileNameLength + entry.extraFieldLength + entry.fileCommentLength;
  if (recordBytes > MAX_DIRECTORY_RECORD_BYTES) {
    throw badArchive(
      `Archive entry ${quoted(path)} has ${recordBytes} bytes of name, extra fields and comment; at most ${MAX_DIRECTORY_RECORD_BYTES} are allowed.`,
    );
  }
  if (entry.isEncrypted()) {
    throw badArchive(`Archive entry ${quoted(path)} is encrypted; make the zip again without a password.`);
  }
  // The upper half holds Unix permissions where the writing system had any, and 0 otherwise.
  const fileType = (entry.externalFileAttributes >>> 16) & FILE_TYPE_MASK;
  if (fileType !== 0 && fileType !== REGULAR_FILE && fileType !== DIRECTORY) {
    throw badArchive(
      `Archive entry ${quoted(path)} is a link or a special file; only plain files are read. Put the file itself into the zip.`,
    );
  }
  if (entry.compressionMethod !== STORED && entry.compressionMethod !== DEFLATED) {
    throw badArchive(
      `Archive entry ${quoted(path)} uses compression method ${entry.compressionMethod}; expected stored (0) or deflate (8).`,
    );
  }
}

/** The declared size of one entry against its own limits. */
export function requireEntrySize(entry: Entry, path: string, limits: ArchiveLimits): void {
  const { uncompressedSize: inflated, compressedSize: stored } = entry;
  if (inflated > limits.entryBytes) {
    throw badArchive(
      `Archive entry ${quoted(path)} declares ${inflated} bytes; at most ${limits.entryBytes} are allowed.`,
    );
  }
  if (inflated > Math.max(limits.ratioFloorBytes, stored * limits.ratio)) {
    throw badArchive(
      `Archive entry ${quoted(path)} declares to inflate ${stored} bytes to ${inflated}; at most ${limits.ratio} times its size is allowed. Store it with less compression.`,
    );
  }
}

/** The ratio of the whole is what entries that overlap in the file cannot get around. */
export function requireTotalSize(total: number, fileBytes: number, limits: ArchiveLimits): void {
  if (total > limits.totalBytes) {
    throw badArchive(
      `The archive inflates to more than ${limits.totalBytes} bytes, the most that is allowed. Bring fewer or smaller samples.`,
    );
  }
  if (total > Math.max(limits.ratioFloorBytes, fileBytes * limits.ratio)) {
    throw badArchive(
      `The archive of ${fileBytes} bytes inflates to ${total} or more; at most ${limits.ratio} times its size is allowed.`,
    );
  }
}
