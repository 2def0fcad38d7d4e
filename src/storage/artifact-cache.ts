import { readdir, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";

import { LocalDiskStore } from "./local-disk.js";

/** A file that somebody asked for so recently may still be read: it stays even where there is too much. */
const IN_USE_MS = 15 * 60 * 1000;

interface CachedFile {
  readonly sha256: string;
  readonly sizeBytes: number;
  /** When it was last asked for, in ms. */
  readonly usedAt: number;
}

/**
 * Artifacts of a store elsewhere as files of this machine. A file is there only if its digest is right. What was not asked
 * for the longest goes first when there is too much; processes on one folder share it.
 */
export class ArtifactCache {
  readonly #files: LocalDiskStore;
  readonly #underWay = new Map<string, Promise<void>>();

  constructor(
    private readonly root: string,
    private readonly mostBytes: number,
  ) {
    this.#files = new LocalDiskStore(root);
  }

  /**
   * @param fetch gives the artifact's bytes; called where it is not here yet, once for all who ask meanwhile
   * @returns the file's path
   */
  async path(sha256: string, fetch: () => Promise<Readable>): Promise<string> {
    if (!(await this.#files.has(sha256))) {
      const running = this.#underWay.get(sha256) ?? this.#fetch(sha256, fetch);
      this.#underWay.set(sha256, running);
      await running.finally(() => this.#underWay.delete(sha256));
    }
    const path = await this.#files.path(sha256);
    const now = new Date();
    await utimes(path, now, now);
    return path;
  }

  async delete(sha256: string): Promise<void> {
    await this.#files.delete(sha256);
  }

  async sweepTemporary(): Promise<number> {
    return this.#files.sweepTemporary();
  }

  async #fetch(sha256: string, fetch: () => Promise<Readable>): Promise<void> {
    const bytes = await fetch();
    try {
      await this.#files.write(sha256, bytes, { maxBytes: Infinity });
    } finally {
      bytes.destroy();
    }
    await this.#makeRoom();
  }

  async #makeRoom(): Promise<void> {
    const files = await this.#list();
    let total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    const oldest = files.sort((a, b) => a.usedAt - b.usedAt);
    for (const { sha256, sizeBytes, usedAt } of oldest) {
      if (total <= this.mostBytes || Date.now() - usedAt < IN_USE_MS) return;
      await this.#files.delete(sha256);
      total -= sizeBytes;
    }
  }

  async #list(): Promise<CachedFile[]> {
    const files: CachedFile[] = [];
    for (const folder of await readdir(this.root)) {
      if (folder.length !== 2) continue; // half-written ones lie elsewhere
      for (const sha256 of await readdir(join(this.root, folder))) {
        const found = await stat(join(this.root, folder, sha256)).catch(() => undefined); // another process's turn
        if (found) files.push({ sha256, sizeBytes: found.size, usedAt: found.mtimeMs });
      }
    }
    return files;
  }
}
