import { open, type FileHandle } from "node:fs/promises";

import { readZooFileDigests, readZooFileParts } from "../../engine/runtime/zoo-file.js";
import { ZooScorer, type ZooScorerOptions } from "../../engine/runtime/zoo-scorer.js";
import type { ZooFile } from "../../entities/zoo-file.js";
import { PtmIds } from "./ptm-ids.js";

/**
 * A zoo file in memory, as it was written; on the disk it may be replaced meanwhile. It closes when the last of those who
 * hold it lets go, and whoever opens it holds it.
 */
export class OpenZooFile {
  #holders = 1;

  private constructor(
    readonly ids: PtmIds,
    /** See ZooFile. */
    readonly digest: string,
    readonly version: string,
    readonly scorer: ZooScorer,
    private readonly path: string,
    private readonly file: FileHandle,
  ) {}

  static async open(
    path: string,
    { digest, version }: Pick<ZooFile, "digest" | "version">,
    options: Omit<ZooScorerOptions, "tokens">,
  ): Promise<OpenZooFile> {
    const file = await open(path);
    try {
      const { header, ids } = await readZooFileParts(file, path, ["ids"]);
      const scorer = await ZooScorer.openFile({ ...options, path, header });
      return new OpenZooFile(new PtmIds(ids), digest, version, scorer, path, file);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** The digests of the tokens at some positions, 32 bytes each. */
  digestsAt(positions: readonly number[]): Promise<Buffer> {
    return readZooFileDigests(this.file, this.path, positions);
  }

  /** @returns false if it is closed */
  hold(): boolean {
    if (this.#holders === 0) return false;
    this.#holders++;
    return true;
  }

  async release(): Promise<void> {
    if (--this.#holders > 0) return;
    await this.scorer.close();
    await this.file.close();
  }
}
