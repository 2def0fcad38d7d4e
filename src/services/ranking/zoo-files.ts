import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";

import type { DataSource } from "typeorm";

import { writeZooFile } from "../../engine/runtime/write-zoo-file.js";
import { zooFileParts } from "../../engine/runtime/zoo-file.js";
import type { TokenStorage } from "../../engine/spider/token-storage.js";
import { Artifact } from "../../entities/artifact.js";
import type { Spider } from "../../entities/spider.js";
import { ZooFile } from "../../entities/zoo-file.js";
import type { ArtifactStore } from "../../storage/artifact-store.js";
import type { SpiderSnapshots } from "../tokens/spider-snapshots.js";
import { listZoo, readTokens } from "./zoo-rows.js";

/** The files that hold large zoos: artifacts, each with a row that says what is in it. */
export class ZooFiles {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: ArtifactStore,
    private readonly snapshots: SpiderSnapshots,
    /** Where a file grows until it is an artifact. */
    private readonly folder: string,
    readonly storage: TokenStorage,
  ) {}

  /** The newest file of a spider and where it lies; undefined if there is none, or a restored backup lacks it. */
  async newest(spiderId: string): Promise<{ row: ZooFile; path: string } | undefined> {
    const row = await this.dataSource.getRepository(ZooFile).findOneBy({ spiderId, storage: this.storage });
    if (row === null || !(await this.store.has(row.artifactSha256))) return undefined;
    return { row, path: await this.store.path(row.artifactSha256) };
  }

  /**
   * Writes the zoo as it is now. What the newest file holds is copied from it. Two processes that do so at once both
   * write; the one that ends last stays.
   */
  async write(spider: Spider): Promise<void> {
    const { dataSource, storage } = this;
    const { parameters } = await this.snapshots.read(spider);
    const [{ version } = { version: "0" }] = await dataSource.query<{ version: string }[]>(
      `SELECT version FROM zoo_state WHERE part = 'tokens'`,
    );
    const { ids, digests, digest } = await listZoo(dataSource, spider.id);
    // The spider ranks, so that it has a snapshot.
    const header = { spider: spider.snapshotSha256!, storage, rows: ids.length, width: spider.width };
    const previous = await this.newest(spider.id);
    await mkdir(this.folder, { recursive: true });
    const path = join(this.folder, randomUUID());
    try {
      await writeZooFile(path, parameters, {
        header,
        ids: ids.bytes,
        digests,
        previous: previous?.path,
        fetch: (rows) =>
          readTokens(
            dataSource,
            spider.id,
            spider.width,
            Array.from(rows, (row) => ids.at(row)!),
          ),
      });
      const sha256 = await digestOf(path);
      const { bytes } = zooFileParts(header);
      await this.store.write(sha256, createReadStream(path), { maxBytes: bytes });
      const row = { spiderId: spider.id, storage, version, digest: digest.hex, artifactSha256: sha256 };
      await this.#replace(row, bytes, previous?.row.artifactSha256);
    } finally {
      await rm(path, { force: true });
    }
  }

  /** The file before goes: nobody else names it, and who has it open keeps reading it. */
  async #replace(
    row: Omit<ZooFile, "createdAt">,
    sizeBytes: number,
    before: string | undefined,
  ): Promise<void> {
    const isUnused = await this.dataSource.transaction(async (manager) => {
      const artifact = { sha256: row.artifactSha256, sizeBytes };
      await manager.createQueryBuilder().insert().into(Artifact).values(artifact).orIgnore().execute();
      await manager.upsert(ZooFile, row, ["spiderId", "storage"]);
      if (before === undefined || before === row.artifactSha256) return false;
      if (await manager.existsBy(ZooFile, { artifactSha256: before })) return false;
      await manager.delete(Artifact, { sha256: before });
      return true;
    });
    if (isUnused) await this.store.delete(before!);
  }
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 }))
    hash.update(chunk as Buffer);
  return hash.digest("hex");
}
