import { LRUCache } from "lru-cache";
import type { DataSource } from "typeorm";

import type { ArchiveLimits } from "../../archives/archive-limits.js";
import { readPoolFeatures } from "../../archives/pool-features.js";
import { readTrainingPool } from "../../archives/training-pool.js";
import type { Matrix } from "../../engine/matrix.js";
import { classCentres } from "../../engine/tokens/class-centres.js";
import { measureScaling } from "../../engine/training/feature-scaling.js";
import { indexPool } from "../../engine/training/sample-task.js";
import {
  type AddedToPool,
  pooledTask,
  type TrainingPool,
  withPtms,
} from "../../engine/training/training-pool.js";
import { PoolMeasurement } from "../../entities/pool-measurement.js";
import { PoolSource } from "../../entities/pool-source.js";
import type { Pool } from "../../entities/pool.js";
import { DomainError } from "../../errors.js";
import type { ArtifactStore } from "../../storage/artifact-store.js";

/** A pool in memory is some ten megabytes, and several PTMs that are added at a time read the same one. */
const POOLS_KEPT = 1;

/** The samples of a pool whose images are at hand. */
export interface SamplesAtHand {
  /** Positions in the pool, ascending. */
  readonly positions: Int32Array;
  /** The training tasks that have no other samples, ascending. */
  readonly tasks: readonly number[];
}

/** Reads what is known of a pool: its file, and what was measured since. */
export class PoolReader {
  readonly #files = new LRUCache<string, Promise<TrainingPool>>({ max: POOLS_KEPT });
  readonly #atHand = new LRUCache<string, Promise<SamplesAtHand>>({ max: POOLS_KEPT });

  constructor(
    private readonly dataSource: DataSource,
    private readonly store: ArtifactStore,
    private readonly limits: ArchiveLimits,
  ) {}

  /** The pool's file alone: labels, the general encoder's features, and the PTMs that it was made with. */
  async file({ name, fileSha256 }: Pool): Promise<TrainingPool> {
    if (fileSha256 === null) {
      throw new DomainError("FAILED_PRECONDITION", `Pool "${name}" is not measured yet.`);
    }
    const known = this.#files.get(fileSha256);
    if (known !== undefined) return known;
    const reading = this.store.path(fileSha256).then((path) => readTrainingPool(path, this.limits));
    this.#files.set(fileSha256, reading);
    reading.catch(() => this.#files.delete(fileSha256));
    return reading;
  }

  /**
   * The pool with every PTM that was measured on it, those of its file first, then the others by their digests.
   *
   * @param wanted the PTMs to read, by their digests, beside those of the file; absent: all
   */
  async whole(pool: Pool, wanted?: ReadonlySet<string>): Promise<TrainingPool> {
    const file = await this.file(pool);
    const known = new Set(file.ptms.map(({ digest }) => digest));
    const rows = await this.dataSource
      .getRepository(PoolMeasurement)
      .find({ where: { poolId: pool.id }, order: { ptmSha256: "ASC" } });
    const added: AddedToPool[] = [];
    for (const row of rows) {
      if (row.scores === null || known.has(row.ptmSha256) || wanted?.has(row.ptmSha256) === false) continue;
      added.push(await this.measured(pool, row));
    }
    return withPtms(file, pool.taskCount, added);
  }

  /** One PTM that was measured after the pool was made. */
  async measured(pool: Pool, { ptmSha256, featuresSha256, scores }: PoolMeasurement): Promise<AddedToPool> {
    const [file, { positions }, features] = await Promise.all([
      this.file(pool),
      this.atHand(pool),
      this.features(featuresSha256),
    ]);
    const { labels } = file.labels;
    const classes = labels.reduce((most, label) => Math.max(most, label), -1) + 1;
    return {
      id: ptmSha256,
      digest: ptmSha256,
      scaling: measureScaling(features),
      classCentres: centresOfSeen(
        features,
        Int32Array.from(positions, (position) => labels[position]!),
        classes,
      ),
      scores: scores!,
    };
  }

  /** @returns [n, D], n samples at hand */
  async features(featuresSha256: string): Promise<Matrix> {
    return readPoolFeatures(await this.store.path(featuresSha256), this.limits);
  }

  /** Which samples and training tasks of a measured pool a PTM can be run on. */
  async atHand(pool: Pool): Promise<SamplesAtHand> {
    const known = this.#atHand.get(pool.id);
    if (known !== undefined) return known;
    const reading = this.#readAtHand(pool);
    this.#atHand.set(pool.id, reading);
    reading.catch(() => this.#atHand.delete(pool.id));
    return reading;
  }

  async #readAtHand(pool: Pool): Promise<SamplesAtHand> {
    const { labels } = await this.file(pool);
    const sources = await this.dataSource.getRepository(PoolSource).findBy({ poolId: pool.id });
    const open = new Set(
      sources.filter(({ artifactSha256 }) => artifactSha256 !== null).map(({ position }) => position),
    );
    const isAtHand = (sample: number): boolean => open.has(labels.sources[sample]!);
    const index = indexPool(labels);
    return {
      positions: Int32Array.from([...labels.labels.keys()].filter(isAtHand)),
      tasks: Array.from({ length: pool.taskCount }, (_, task) => task).filter((task) =>
        pooledTask(index, pool.taskSeed, task).samples.every(isAtHand),
      ),
    };
  }
}

/** Class centres of the classes that have samples, NaN for the others. */
function centresOfSeen(features: Matrix, labels: Int32Array, classes: number): Matrix {
  const seen = [...new Set(labels)].sort((a, b) => a - b);
  const place = new Map(seen.map((label, i) => [label, i]));
  const centres = classCentres(
    features,
    labels.map((label) => place.get(label)!),
    seen.length,
  );
  const { columns } = features;
  const values = new Float32Array(classes * columns).fill(NaN);
  seen.forEach((label, i) =>
    values.set(centres.values.subarray(i * columns, (i + 1) * columns), label * columns),
  );
  return { rows: classes, columns, values };
}
