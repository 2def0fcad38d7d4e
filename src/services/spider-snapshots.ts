import { LRUCache } from "lru-cache";

import type { Spider as SpiderValue } from "../engine/spider/spider.js";
import { readSnapshot } from "../engine/spider/snapshot.js";
import type { Spider } from "../entities/spider.js";
import type { ArtifactStore } from "../storage/artifact-store.js";

const SNAPSHOTS_KEPT = 4;

/** Reads spiders' snapshots from the artifact store. Snapshots are immutable, so a few stay in memory. */
export class SpiderSnapshots {
  readonly #snapshots = new LRUCache<string, Promise<SpiderValue>>({ max: SNAPSHOTS_KEPT });

  constructor(private readonly store: ArtifactStore) {}

  /** @throws RangeError if the snapshot does not match its manifest, DomainError if its bytes are gone or damaged */
  read(spider: Pick<Spider, "snapshotSha256" | "manifest">): Promise<SpiderValue> {
    const known = this.#snapshots.get(spider.snapshotSha256);
    if (known !== undefined) return known;
    const snapshot = this.store
      .read(spider.snapshotSha256)
      .then((bytes) => readSnapshot(bytes, spider.manifest).spider);
    this.#snapshots.set(spider.snapshotSha256, snapshot);
    snapshot.catch(() => this.#snapshots.delete(spider.snapshotSha256));
    return snapshot;
  }
}
