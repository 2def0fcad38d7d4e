import { LRUCache } from "lru-cache";
import type { DataSource } from "typeorm";

import { matrix } from "../../engine/matrix.js";
import type { ExecutionProvider } from "../../engine/runtime/execution-providers.js";
import { ZooScorer, type ZooScorerOptions } from "../../engine/runtime/zoo-scorer.js";
import { companionsOf, type Spider as SpiderValue } from "../../engine/spider/spider.js";
import type { Spider } from "../../entities/spider.js";
import { applyEdits, editOf, type ZooEdit } from "../registry/apply-changes.js";
import { OpenZooFile } from "./open-zoo-file.js";
import type { PtmIds } from "./ptm-ids.js";
import type { SpiderSnapshots } from "../tokens/spider-snapshots.js";
import { ZooDigest } from "./zoo-digest.js";
import type { ZooFiles } from "./zoo-files.js";
import { countChanges, joined, listZoo, readChanges, readTokens } from "./zoo-rows.js";

/** Zoos of fewer PTMs are read from their rows at every change: that takes less than a tenth of a second. */
const FEWEST_IN_FILE = 20_000;
/** Changes that are kept beside a file, as a share of it; with more it is written anew. */
const MOST_CHANGES = 0.02;
/** Spiders whose file stays in memory. */
const FILES_OPEN = 2;
const ROWS_AT_ONCE = 2048;

/** A zoo's tokens inside a scorer, PTMs known by their position in the order of ids. */
export interface LoadedZoo {
  readonly ids: PtmIds;
  readonly digest: string;
  readonly scorer: ZooScorer;
}

export interface ZooTokensOptions {
  readonly executionProviders: readonly ExecutionProvider[];
  readonly onWarning: (warning: string) => void;
  /** Only tests need another one. */
  readonly fewestInFile?: number;
}

/**
 * Brings the tokens of a zoo into a scorer, as they are now. A small zoo comes from its rows. A large one comes from a
 * file, which stays in memory, and from what has changed since that was written, so that a new PTM is ranked at once
 * and costs neither reading nor writing a million others.
 */
export class ZooTokens {
  readonly #open = new LRUCache<string, Promise<OpenZooFile>>({
    max: FILES_OPEN,
    dispose: (opened) => this.#letGo(opened),
  });
  readonly #ending = new Set<Promise<void>>();
  readonly #writing = new Map<string, Promise<void>>();
  readonly #fewestInFile: number;

  constructor(
    private readonly dataSource: DataSource,
    private readonly snapshots: SpiderSnapshots,
    private readonly files: ZooFiles,
    private readonly options: ZooTokensOptions,
  ) {
    this.#fewestInFile = options.fewestInFile ?? FEWEST_IN_FILE;
  }

  async load(spider: Spider): Promise<LoadedZoo> {
    if (!this.#open.has(spider.id) && (await this.files.newest(spider.id)) === undefined) {
      if (!(await this.#isLarge(spider.id))) return this.#fromRows(spider);
      await this.#write(spider);
    }
    const file = await this.#upToDate(spider);
    try {
      return await this.#withChanges(spider, file);
    } finally {
      await file.release();
    }
  }

  /** The spider's file, held, once few enough PTMs changed since it was written. */
  async #upToDate(spider: Spider): Promise<OpenZooFile> {
    const file = await this.#openFile(spider);
    const most = MOST_CHANGES * file.ids.length;
    const count = await countChanges(this.dataSource, file.version);
    if (count <= most / 2) return file;
    // With half as many as can be kept beside the file a new one is begun while this one serves.
    const renewed = this.#renew(spider, file);
    if (count <= most) {
      renewed.catch((error: unknown) => this.options.onWarning(`zoo file: ${String(error)}`));
      return file;
    }
    await file.release();
    await renewed;
    return this.#openFile(spider);
  }

  /** Ends every thread that no index uses any more. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#writing.values());
    this.#open.clear();
    await Promise.all(this.#ending);
  }

  #letGo(opened: Promise<OpenZooFile>): void {
    const ending = opened
      .then((file) => file.release())
      .catch(() => undefined) // what could not be opened needs no closing
      .finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }

  async #isLarge(spiderId: string): Promise<boolean> {
    const rows: unknown[] = await this.dataSource.query(
      `SELECT FROM ptm_token WHERE spider_id = $1 OFFSET $2 LIMIT 1`,
      [spiderId, this.#fewestInFile - 1],
    );
    return rows.length > 0;
  }

  async #fromRows(spider: Spider): Promise<LoadedZoo> {
    const { ids, digest } = await listZoo(this.dataSource, spider.id);
    const snapshot = await this.snapshots.read(spider);
    const values = new Float32Array(ids.length * spider.width);
    for (let first = 0; first < ids.length; first += ROWS_AT_ONCE) {
      const end = Math.min(first + ROWS_AT_ONCE, ids.length);
      const some = Array.from({ length: end - first }, (_, i) => ids.at(first + i)!);
      const tokens = await readTokens(this.dataSource, spider.id, spider.width, some);
      values.set(tokens, first * spider.width);
    }
    const tokens = matrix(ids.length, spider.width, values);
    const scorer = await ZooScorer.open({ ...scored(snapshot), tokens, ...this.options });
    return { ids, digest: digest.hex, scorer };
  }

  /** The spider's newest file, held by the caller. */
  async #openFile(spider: Spider): Promise<OpenZooFile> {
    for (;;) {
      const file = await (this.#open.get(spider.id) ?? this.#openNewest(spider));
      if (file.hold()) return file; // else it was let go of in this very moment
    }
  }

  #openNewest(spider: Spider): Promise<OpenZooFile> {
    const opening = (async () => {
      const newest = await this.files.newest(spider.id);
      if (newest === undefined) throw new Error(`zooTokens: the file of spider ${spider.id} is gone`);
      const snapshot = await this.snapshots.read(spider);
      return OpenZooFile.open(newest.path, newest.row, { ...scored(snapshot), ...this.options });
    })();
    this.#open.set(spider.id, opening);
    opening.catch(() => this.#open.delete(spider.id));
    return opening;
  }

  async #withChanges(spider: Spider, file: OpenZooFile): Promise<LoadedZoo> {
    const changes = await readChanges(this.dataSource, spider.id, file.version);
    const edits = changes.map((change) => editOf(file.ids, change));
    const listed = edits.filter(({ isListed }) => isListed);
    const before = await file.digestsAt(listed.map(({ position }) => position));
    const digest = ZooDigest.from(file.digest);
    const real: ZooEdit[] = [];
    let nth = 0;
    for (const edit of edits) {
      const old = edit.isListed ? before.subarray(32 * nth, 32 * ++nth) : undefined;
      const now = edit.digest === null ? undefined : Buffer.from(edit.digest, "hex");
      if (old === undefined ? now === undefined : now?.equals(old)) continue; // its token is as it was
      if (old) digest.remove(joined(edit.id, old, 0));
      if (now) digest.add(joined(edit.id, now, 0));
      real.push(edit);
    }
    if (real.length === 0) return { ids: file.ids, digest: file.digest, scorer: file.scorer.shared() };
    const { ids, changes: applied } = applyEdits(file.ids, real, spider.width);
    return { ids, digest: digest.hex, scorer: await file.scorer.changed(applied) };
  }

  /** Lets go of a file for a newer one, which another process may have written already. */
  async #renew(spider: Spider, file: OpenZooFile): Promise<void> {
    const newest = await this.files.newest(spider.id);
    if (newest === undefined || newest.row.version === file.version) return this.#write(spider);
    this.#open.delete(spider.id);
  }

  /** Writes a new file, one at a time. */
  #write(spider: Spider): Promise<void> {
    const known = this.#writing.get(spider.id);
    if (known !== undefined) return known;
    const writing = this.files.write(spider).then(() => void this.#open.delete(spider.id));
    const forget = (): void => void this.#writing.delete(spider.id);
    writing.then(forget, forget);
    this.#writing.set(spider.id, writing);
    return writing;
  }
}

function scored(spider: SpiderValue): Pick<ZooScorerOptions, "spider" | "companions"> {
  return { spider: spider.parameters, companions: companionsOf(spider) };
}
