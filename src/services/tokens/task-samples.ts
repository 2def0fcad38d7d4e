import { LRUCache } from "lru-cache";

import type { ArchiveLimits } from "../../archives/archive-limits.js";
import type { LabelledImages } from "../../archives/labelled-images.js";
import { readTaskArchive } from "../../archives/task-archive.js";
import { subsample } from "../../engine/tokens/subsample.js";
import type { ArtifactStore } from "../../storage/artifact-store.js";
import { selectSamples } from "./run-network.js";

/** Fixed, so that a task has one token however often it is computed. */
const SUBSAMPLE_SEED = 0;
/** The PTMs of a re-ranking run on one task one after the other; its images are decoded once for all of them. */
const KEPT_BYTES = 256 * 1024 * 1024;

/** The samples of a task that networks are run on: of large classes a fixed draw. */
export class TaskSamples {
  readonly #kept = new LRUCache<string, LabelledImages>({
    maxSize: KEPT_BYTES,
    sizeCalculation: ({ images, labels }) => images.byteLength + labels.byteLength + 1,
  });
  readonly #underWay = new Map<string, Promise<LabelledImages>>();

  constructor(
    private readonly store: ArtifactStore,
    private readonly limits: ArchiveLimits,
    private readonly samplesPerClass: number,
  ) {}

  /**
   * @param artifactSha256 of the task's archive
   * @throws DomainError if the archive is gone, damaged or holds no images
   */
  async read(artifactSha256: string): Promise<LabelledImages> {
    const kept = this.#kept.get(artifactSha256) ?? this.#underWay.get(artifactSha256);
    if (kept !== undefined) return kept;
    const reading = this.#read(artifactSha256);
    this.#underWay.set(artifactSha256, reading);
    try {
      const samples = await reading;
      this.#kept.set(artifactSha256, samples);
      return samples;
    } finally {
      this.#underWay.delete(artifactSha256);
    }
  }

  async #read(artifactSha256: string): Promise<LabelledImages> {
    return readSamples(await this.store.path(artifactSha256), this.limits, this.samplesPerClass);
  }
}

/** The samples of an archive that networks are run on, the same ones wherever they are drawn. */
export async function readSamples(
  path: string,
  limits: ArchiveLimits,
  samplesPerClass: number,
): Promise<LabelledImages> {
  const all = await readTaskArchive(path, limits);
  return selectSamples(all, subsample(all.labels, samplesPerClass, SUBSAMPLE_SEED));
}
