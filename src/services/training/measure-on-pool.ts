import type { DataSource } from "typeorm";

import type { ArchiveLimits } from "../../archives/archive-limits.js";
import { poolFeaturesFile } from "../../archives/pool-features.js";
import { matrix, type Matrix } from "../../engine/matrix.js";
import { scorePoolTasks } from "../../engine/runtime/pool-scorer.js";
import { PoolMeasurement } from "../../entities/pool-measurement.js";
import { PoolSource } from "../../entities/pool-source.js";
import type { Pool } from "../../entities/pool.js";
import type { ArtifactStore } from "../../storage/artifact-store.js";
import { keepArtifact } from "../registry/keep-artifact.js";
import { poolImages } from "./pool-images.js";
import type { PoolReader } from "./pool-reader.js";
import type { Network } from "../tokens/open-network.js";
import type { RunNetwork } from "../tokens/run-network.js";

/** Share of the progress that running the network makes; the scores are the rest. */
const NETWORK_SHARE = 0.4;

/** Told how far it is, 0 to 1; answering false stops the work. */
export type Progress = (share: number, stage: string) => Promise<boolean>;

/** Measures networks on pools: what they give for the samples, and how well PTMs score on the training tasks. */
export class MeasureOnPool {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: ArtifactStore,
    private readonly network: RunNetwork,
    private readonly reader: PoolReader,
    private readonly limits: ArchiveLimits,
    /** For scores. */
    private readonly threads: number,
  ) {}

  /**
   * What a PTM gives for the samples of a pool that are at hand, and its scores on the training tasks that have no others.
   * Both are kept as soon as they are there, so that a broken attempt goes on where it stopped; weights that were measured
   * before are not measured again.
   *
   * @returns undefined if it was stopped
   * @throws ModelRefused, ModelFailure: the PTM's fault; the signal's reason
   */
  async ptm(
    pool: Pool,
    ptm: Network,
    progress: Progress,
    signal: AbortSignal,
  ): Promise<PoolMeasurement | undefined> {
    const rows = this.dataSource.getRepository(PoolMeasurement);
    const key = { poolId: pool.id, ptmSha256: ptm.artifactSha256 };
    let row = await rows.findOneBy(key);
    if (row === null) {
      const features = await this.features(
        pool,
        ptm,
        (share) => progress(NETWORK_SHARE * share, "running"),
        signal,
      );
      if (features === undefined) return undefined;
      const featuresSha256 = await keepArtifact(
        this.dataSource,
        this.store,
        await poolFeaturesFile(features),
      );
      await rows
        .createQueryBuilder()
        .insert()
        .values({ ...key, featuresSha256 })
        .orIgnore()
        .execute();
      row = await rows.findOneByOrFail(key);
    }
    if (row.scores !== null) return row;
    const scores = await this.#scores(pool, await this.reader.features(row.featuresSha256), (share) =>
      progress(NETWORK_SHARE + (1 - NETWORK_SHARE) * share, "scoring"),
    );
    if (scores === undefined) return undefined;
    await rows.update(key, { scores });
    return Object.assign(row, { scores });
  }

  /**
   * A network's features of the samples at hand, in the pool's order.
   *
   * @returns [n, D]; undefined if it was stopped
   */
  async features(
    pool: Pool,
    network: Network,
    progress: (share: number) => Promise<boolean>,
    signal: AbortSignal,
  ): Promise<Matrix | undefined> {
    const sources = await this.dataSource
      .getRepository(PoolSource)
      .find({ where: { poolId: pool.id }, order: { position: "ASC" } });
    const groups = await poolImages(this.store, this.limits, pool, sources);
    const total = groups.reduce((sum, { count }) => sum + count, 0);
    const parts: Matrix[] = [];
    let done = 0;
    for (const samples of groups) {
      for await (const { features } of this.network.run(network, samples, signal)) {
        parts.push(features);
        done += features.rows;
        if (!(await progress(done / total))) return undefined;
      }
    }
    return stacked(parts);
  }

  async #scores(
    pool: Pool,
    seen: Matrix,
    progress: (share: number) => Promise<boolean>,
  ): Promise<Float32Array | undefined> {
    const { labels } = await this.reader.file(pool);
    const { positions, tasks } = await this.reader.atHand(pool);
    const { columns } = seen;
    const features = matrix(labels.labels.length, columns, new Float32Array(labels.labels.length * columns));
    positions.forEach((position, row) =>
      features.values.set(seen.values.subarray(row * columns, (row + 1) * columns), position * columns),
    );
    const { taskSeed: seed, metrics, taskCount } = pool;
    return scorePoolTasks(
      { labels, seed, metrics, taskCount, features, wanted: tasks },
      { threads: this.threads, progress },
    );
  }
}

/** Matrices of equal width one below the other. */
function stacked(parts: readonly Matrix[]): Matrix {
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const columns = parts[0]?.columns ?? 0;
  const values = new Float32Array(rows * columns);
  let offset = 0;
  for (const part of parts) {
    values.set(part.values, offset);
    offset += part.values.length;
  }
  return matrix(rows, columns, values);
}
