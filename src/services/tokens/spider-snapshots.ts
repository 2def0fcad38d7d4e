import { LRUCache } from "lru-cache";

import type { Spider as SpiderValue } from "../../engine/spider/spider.js";
import { readSnapshot } from "../../engine/spider/snapshot.js";
import type { Spider } from "../../entities/spider.js";
import { DomainError } from "../../errors.js";
import type { ArtifactStore } from "../../storage/artifact-store.js";

const SNAPSHOTS_KEPT = 4;

/** Reads spiders' snapshots from the artifact store. Snapshots are immutable, so a few stay in memory. */
export class SpiderSnapshots {
  readonly #snapshots = new LRUCache<string, Promise<SpiderValue>>({ max: SNAPSHOTS_KEPT });

  constructor(private readonly store: ArtifactStore) {}

  /**
   * @throws RangeError if the snapshot does not match its manifest, DomainError if the spider is not READY or the snapshot's
   *   bytes are gone or damaged
   */
  async read({
    snapshotSha256,
    manifest,
  }: Pick<Spider, "snapshotSha256" | "manifest">): Promise<SpiderValue> {
    if (snapshotSha256 === null) {
      throw new DomainError("FAILED_PRECONDITION", "The spider is not trained: see its status.");
    }
    const known = this.#snapshots.get(snapshotSha256);
    if (known !== undefined) return known;
    const snapshot = this.store.read(snapshotSha256).then((bytes) => readSnapshot(bytes, manifest).spider);
    this.#snapshots.set(snapshotSha256, snapshot);
    snapshot.catch(() => this.#snapshots.delete(snapshotSha256));
    return snapshot;
  }
}
