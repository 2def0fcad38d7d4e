import type { DataSource, EntityManager } from "typeorm";
import { v7 as uuid } from "uuid";

import type { ArchiveLimits } from "../../archives/archive-limits.js";
import { readTaskArchive } from "../../archives/task-archive.js";
import { readSourceNames, readTrainingPool } from "../../archives/training-pool.js";
import { scoredTasks, type TrainingPool } from "../../engine/training/training-pool.js";
import type { PtmSignature } from "../../engine/tokens/signature.js";
import type { MetricName } from "../../engine/transferability/registry.js";
import { METRICS } from "../../engine/transferability/registry.js";
import { PoolSource } from "../../entities/pool-source.js";
import { Pool } from "../../entities/pool.js";
import { DomainError } from "../../errors.js";
import type { ArtifactStore } from "../../storage/artifact-store.js";
import { audit } from "../access/audit.js";
import { sha256 } from "../digest.js";
import { entryName } from "../registry/entry-name.js";
import type { JobQueue } from "../background/job-queue.js";
import { queueTokens } from "../tokens/queue-tokens.js";
import { requireArtifact } from "../registry/register-artifact.js";
import type { Viewer } from "../access/viewer.js";

export interface ImportPoolInput {
  readonly name: string;
  /** SHA-256 of the uploaded pool file (archives/training-pool.ts). */
  readonly file: string;
  /** How the general encoder takes images; its file must be uploaded too. */
  readonly encoderSignature: PtmSignature;
  /** Archives of those sources whose images are at hand: SHA-256 by the source's name. */
  readonly images: ReadonlyMap<string, string>;
}

/** Brings a measured pool into the registry, to learn spiders from and to give added PTMs their tokens. */
export class ImportPool {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: ArtifactStore,
    private readonly queue: JobQueue,
    private readonly limits: ArchiveLimits,
  ) {}

  /**
   * Safe to repeat: the same file with the same images is the same pool. It is READY at once.
   *
   * @throws DomainError NOT_FOUND (a file not uploaded), BAD_USER_INPUT (files that do not fit together), CONFLICT (the name
   *   belongs to another pool)
   */
  async run(input: ImportPoolInput, viewer: Viewer): Promise<Pool> {
    const name = entryName(input.name);
    for (const digest of [input.file, ...input.images.values()]) {
      await requireArtifact(this.dataSource, this.store, digest);
    }
    const path = await this.store.path(input.file);
    const [file, sourceNames] = await Promise.all([
      readTrainingPool(path, this.limits),
      readSourceNames(path, this.limits),
    ]);
    await requireArtifact(this.dataSource, this.store, file.encoder.digest);
    for (const [source, sourceName] of sourceNames.entries()) {
      const digest = input.images.get(sourceName);
      if (digest !== undefined) await this.#requireImages(file, source, sourceName, digest);
    }
    const sources = sourceNames.map((sourceName, position) => ({
      position,
      name: sourceName,
      artifactSha256: input.images.get(sourceName) ?? null,
    }));
    const contentSha256 = sha256(JSON.stringify([input.file, sources]));
    return this.dataSource.transaction(async (manager) => {
      const known = await manager.findOneBy(Pool, { contentSha256 });
      if (known !== null) return known;
      await requireFreeName(manager, name);
      const id = uuid();
      await manager.insert(Pool, {
        id,
        name,
        status: "READY",
        statusReason: null,
        encoderSha256: file.encoder.digest,
        encoderSignature: input.encoderSignature,
        taskCount: scoredTasks(file),
        taskSeed: file.seed,
        metrics: requireMetrics(file.metrics),
        samplesPerClass: null,
        fileSha256: input.file,
        contentSha256,
        createdBy: viewer.name,
      });
      await manager.insert(
        PoolSource,
        sources.map((source) => Object.assign(new PoolSource(), source, { poolId: id, taskId: null })),
      );
      const pool = await manager.findOneByOrFail(Pool, { id });
      await audit(manager, viewer, {
        action: "importPool",
        subject: { type: "Pool", id },
        before: null,
        after: pool,
      });
      await queueTokens(manager, this.queue);
      return pool;
    });
  }

  /** The i-th sample of the source must be the i-th image: their classes must then part the samples in the same way. */
  async #requireImages(
    { labels }: TrainingPool,
    source: number,
    name: string,
    digest: string,
  ): Promise<void> {
    const images = await readTaskArchive(await this.store.path(digest), this.limits);
    const own = labels.labels.filter((_, sample) => labels.sources[sample] === source);
    const pairs = new Set(own.map((label, i) => label * images.classNames.length + images.labels[i]!));
    const classes = new Set(own).size;
    if (images.count !== own.length || pairs.size !== classes || images.classNames.length !== classes) {
      throw new DomainError(
        "BAD_USER_INPUT",
        `The images of source "${name}" are not the pool's: it has ${own.length} samples of ${classes} classes, the archive ` +
          `${images.count} of ${images.classNames.length}, in the same order.`,
      );
    }
  }
}

/** @throws DomainError CONFLICT */
export async function requireFreeName(manager: EntityManager, name: string): Promise<void> {
  const taken = await manager
    .createQueryBuilder(Pool, "pool")
    .where("lower(pool.name) = lower(:name)", { name })
    .getExists();
  if (taken) throw new DomainError("CONFLICT", `There is another pool named "${name}"; choose another name.`);
}

function requireMetrics(metrics: readonly string[]): MetricName[] {
  const unknown = metrics.find((metric) => !(metric in METRICS));
  if (unknown === undefined) return metrics as MetricName[];
  throw new DomainError(
    "BAD_USER_INPUT",
    `The pool has scores of ${unknown}, which is no metric of this version.`,
  );
}
