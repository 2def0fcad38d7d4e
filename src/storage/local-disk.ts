import { randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { DomainError } from "../errors.js";
import { isMarkAlive, processMark } from "../process-mark.js";
import {
  artifactNotFound,
  type ArtifactStore,
  assertSha256,
  requireIntact,
  type WriteLimits,
  type WrittenArtifact,
} from "./artifact-store.js";
import { verifiedChunks } from "./verified-chunks.js";

/** Unfinished files of another machine on the same disk: we cannot ask whether their writer lives. */
const FOREIGN_LEFTOVER_AGE = 24 * 3600 * 1000; // ms

/**
 * Artifacts as files `<root>/ab/ab34...`, the first two digits as a folder so that no folder grows too long.
 *
 * A file gets its final name only when it is whole: written under `<root>/incoming` (same file system), hashed on
 * the way, flushed to the disk, then renamed, then the folder is flushed. So a reader never sees a part, kill -9
 * and power cuts included, and two writers of one digest merely replace equal bytes.
 */
export class LocalDiskStore implements ArtifactStore {
  readonly #root: string;
  readonly #incoming: string;

  constructor(root: string) {
    this.#root = root;
    this.#incoming = join(root, "incoming");
  }

  async write(sha256: string, source: Readable, { maxBytes }: WriteLimits): Promise<WrittenArtifact> {
    const present = await this.sizeOf(sha256);
    if (present !== undefined) return { sizeBytes: present, created: false };

    const temporary = join(this.#incoming, temporaryName());
    try {
      await mkdir(this.#incoming, { recursive: true });
      const file = await open(temporary, "wx", 0o644);
      let sizeBytes: number;
      try {
        sizeBytes = await receive(verifiedChunks(sha256, source, maxBytes), file);
        await file.sync();
      } finally {
        await file.close();
      }
      const created = !(await this.has(sha256));
      await mkdir(this.#folder(sha256), { recursive: true });
      await rename(temporary, this.#file(sha256));
      await syncFolder(this.#folder(sha256));
      await syncFolder(this.#root); // The two-digit folder may be new.
      return { sizeBytes, created };
    } catch (error) {
      await rm(temporary, { force: true });
      throw isStorageFull(error)
        ? new DomainError("RESOURCE_EXHAUSTED", "artifact: no space is left in the artifact storage", {
            cause: error,
          })
        : error;
    }
  }

  async has(sha256: string): Promise<boolean> {
    return (await this.sizeOf(sha256)) !== undefined;
  }

  async sizeOf(sha256: string): Promise<number | undefined> {
    assertSha256(sha256);
    const found = await ignoreMissing(stat(this.#file(sha256)));
    return found?.size;
  }

  async open(sha256: string): Promise<Readable> {
    assertSha256(sha256);
    const file = await ignoreMissing(open(this.#file(sha256)));
    if (file === undefined) throw artifactNotFound(sha256);
    return file.createReadStream();
  }

  async path(sha256: string): Promise<string> {
    if (!(await this.has(sha256))) throw artifactNotFound(sha256);
    return this.#file(sha256);
  }

  async read(sha256: string): Promise<Uint8Array> {
    assertSha256(sha256);
    const bytes = await ignoreMissing(readFile(this.#file(sha256)));
    if (bytes === undefined) throw artifactNotFound(sha256);
    requireIntact(sha256, bytes);
    return bytes;
  }

  /** Files of this machine have no address of their own. */
  async downloadUrl(): Promise<undefined> {
    return undefined;
  }

  async delete(sha256: string): Promise<void> {
    assertSha256(sha256);
    await rm(this.#file(sha256), { force: true });
  }

  async sweepTemporary(): Promise<number> {
    const names = (await ignoreMissing(readdir(this.#incoming))) ?? [];
    let removed = 0;
    for (const name of names) {
      if (!(await isLeftover(join(this.#incoming, name), name))) continue;
      await rm(join(this.#incoming, name), { force: true });
      removed += 1;
    }
    return removed;
  }

  #folder(sha256: string): string {
    return join(this.#root, sha256.slice(0, 2));
  }

  #file(sha256: string): string {
    return join(this.#folder(sha256), sha256);
  }
}

/** Streams into the file; one chunk at a time is in memory, whatever the size. Returns the size in bytes. */
async function receive(chunks: AsyncIterable<Buffer>, file: FileHandle): Promise<number> {
  let sizeBytes = 0;
  for await (const chunk of chunks) {
    sizeBytes += chunk.byteLength;
    // A write may take less than all of it, when the disk is nearly full for instance.
    for (let offset = 0; offset < chunk.byteLength;) {
      offset += (await file.write(chunk, offset)).bytesWritten;
    }
  }
  return sizeBytes;
}

function temporaryName(): string {
  return `${hostname()}.${processMark(process.pid)}.${randomUUID()}`;
}

async function isLeftover(path: string, name: string): Promise<boolean> {
  const parts = name.split(".");
  const mark = parts.at(-2) ?? "";
  if (parts.slice(0, -2).join(".") === hostname()) return !isMarkAlive(mark);
  const found = await ignoreMissing(stat(path));
  return found !== undefined && Date.now() - found.mtimeMs > FOREIGN_LEFTOVER_AGE;
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function isStorageFull(error: unknown): boolean {
  return ["ENOSPC", "EDQUOT", "EFBIG"].includes((error as NodeJS.ErrnoException).code ?? "");
}

async function ignoreMissing<T>(result: Promise<T>): Promise<T | undefined> {
  try {
    return await result;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
