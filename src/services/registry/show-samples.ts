import { LRUCache } from "lru-cache";

import type { ArchiveLimits } from "../../archives/archive-limits.js";
import { samplePictures } from "../../archives/sample-pictures.js";
import type { Task } from "../../entities/task.js";
import type { ArtifactStore } from "../../storage/artifact-store.js";
import {
  checkFirst,
  decodeNumberCursor,
  encodeNumberCursor,
  type Page,
  type PageRequest,
} from "./keyset-page.js";

/** Samples that are shown of each class. */
export const PICTURES_PER_CLASS = 6;
const KEPT_CHARACTERS = 64 * 1024 * 1024;

/** One class of a task with pictures of a few of its samples. */
export interface ClassSamples {
  readonly label: number;
  readonly name: string;
  /** data: URLs of WebP pictures. */
  readonly pictures: readonly string[];
}

/** Shows a few samples of every class, for people who choose a task. */
export class ShowSamples {
  readonly #kept = new LRUCache<string, string[][]>({
    maxSize: KEPT_CHARACTERS,
    sizeCalculation: (pictures) => pictures.flat().reduce((sum, { length }) => sum + length, 1),
  });
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly store: ArtifactStore,
    private readonly limits: ArchiveLimits,
  ) {}

  /** @throws DomainError BAD_USER_INPUT for a page that is none; what a damaged archive gives */
  async run(task: Task, { first, after }: PageRequest): Promise<Page<ClassSamples>> {
    checkFirst(first);
    const from = after == null ? 0 : decodeNumberCursor(after) + 1;
    const names = task.classes.slice(from, from + first);
    const pictures = await this.#pictures(task, from, names.length);
    const items = names.map((name, i) => ({ label: from + i, name, pictures: pictures[i] ?? [] }));
    return {
      items,
      cursors: items.map(({ label }) => encodeNumberCursor(label)),
      hasNextPage: from + first < task.classes.length,
      totalCount: async () => task.classes.length,
    };
  }

  /** One archive at a time: an .npz may take a gigabyte while it is read. */
  async #pictures({ artifactSha256, sampleCount }: Task, from: number, classes: number): Promise<string[][]> {
    if (artifactSha256 === null || sampleCount === 0 || classes === 0) return [];
    const key = `${artifactSha256} ${from} ${classes}`;
    const read = this.#turn.then(async () => {
      const kept = this.#kept.get(key);
      if (kept !== undefined) return kept;
      const request = { from, classes, perClass: PICTURES_PER_CLASS };
      const drawn = await samplePictures(await this.store.path(artifactSha256), this.limits, request);
      const pictures = drawn.map((ofClass) =>
        ofClass.map((webp) => `data:image/webp;base64,${webp.toString("base64")}`),
      );
      this.#kept.set(key, pictures);
      return pictures;
    });
    this.#turn = read.catch(() => undefined);
    return read;
  }
}
