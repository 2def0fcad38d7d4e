import { type DataSource, type EntityManager, In } from "typeorm";

import type { ArchiveLimits } from "../../archives/archive-limits.js";
import { barePoolFile } from "../../archives/training-pool.js";
import { PoolSource } from "../../entities/pool-source.js";
import { Pool, type PoolStatus } from "../../entities/pool.js";
import { Ptm } from "../../entities/ptm.js";
import type { ArtifactStore } from "../../storage/artifact-store.js";
import type { JobQueue } from "../background/job-queue.js";
import { JobRun } from "../background/job-run.js";
import { keepArtifact } from "../registry/keep-artifact.js";
import type { MeasureOnPool } from "./measure-on-pool.js";
import { permanentFailure } from "../background/permanent-failure.js";
import { poolLabels } from "./pool-images.js";
import type { PoolReader } from "./pool-reader.js";
import { queueTokens } from "../tokens/queue-tokens.js";

/** The work of a MEASURE_POOL job: runs the general encoder and every PTM on a pool's samples and scores the PTMs. */
export class MeasurePool {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: ArtifactStore,
    private readonly measureOnPool: MeasureOnPool,
    private readonly reader: PoolReader,
    private readonly queue: JobQueue,
    private readonly limits: ArchiveLimits,
  ) {}

  /**
   * Safe to repeat: what was measured stays, network by network. A PTM that fails on the samples is left out.
   *
   * @throws what another attempt may mend; a fault of the sources or the encoder ends in pool and job FAILED instead
   */
  async run(jobId: string, signal: AbortSignal): Promise<void> {
    const attempt = await JobRun.begin(this.dataSource, jobId);
    if (attempt === undefined) return;
    const poolId = attempt.job.poolId!;
    try {
      if (!(await this.#measureEncoder(attempt, poolId, signal))) return;
      if (!(await this.#measurePtms(attempt, poolId, signal))) return;
      await attempt.finish({ state: "COMPLETED" }, async (manager) => {
        await manager.update(Pool, { id: poolId }, { status: "READY", statusReason: null });
        await queueTokens(manager, this.queue);
      });
    } catch (error) {
      const reason = permanentFailure(error);
      if (reason === undefined) throw error;
      await attempt.finish({ state: "FAILED", errorMessage: reason }, (manager) =>
        endMeasuring(manager, poolId, "FAILED", reason),
      );
    }
  }

  /** Writes the pool's file. @returns false if the attempt is no longer ours */
  async #measureEncoder(attempt: JobRun, poolId: string, signal: AbortSignal): Promise<boolean> {
    const pool = await this.dataSource.getRepository(Pool).findOneByOrFail({ id: poolId });
    if (pool.fileSha256 !== null) return true;
    const sources = await this.dataSource
      .getRepository(PoolSource)
      .find({ where: { poolId }, order: { position: "ASC" } });
    const encoder = { artifactSha256: pool.encoderSha256, signature: pool.encoderSignature };
    const encoderFeatures = await this.measureOnPool.features(
      pool,
      encoder,
      () => attempt.progress(0, "running the general encoder"),
      signal,
    );
    if (encoderFeatures === undefined) return false;
    const file = await barePoolFile({
      labels: await poolLabels(this.store, this.limits, pool, sources),
      sourceNames: sources.map(({ name }) => name),
      encoder: { id: "general-encoder", digest: pool.encoderSha256 },
      encoderFeatures,
      seed: pool.taskSeed,
      metrics: pool.metrics,
    });
    const fileSha256 = await keepArtifact(this.dataSource, this.store, file);
    return attempt.advance(0, "measuring PTMs", async (manager) => {
      await manager.update(Pool, { id: poolId }, { fileSha256 });
    });
  }

  /** @returns false if the attempt is no longer ours */
  async #measurePtms(attempt: JobRun, poolId: string, signal: AbortSignal): Promise<boolean> {
    const pool = await this.dataSource.getRepository(Pool).findOneByOrFail({ id: poolId });
    const ofFile = new Set((await this.reader.file(pool)).ptms.map(({ digest }) => digest));
    const found = await this.dataSource
      .getRepository(Ptm)
      .find({ where: { status: In(["REGISTERED", "TOKENIZING", "READY"]) }, order: { id: "ASC" } });
    const ptms = found.filter(({ artifactSha256 }) => !ofFile.has(artifactSha256));
    for (const [done, ptm] of ptms.entries()) {
      signal.throwIfAborted();
      const progress = (share: number, stage: string): Promise<boolean> =>
        attempt.progress((done + share) / ptms.length, `${stage} ${ptm.name}`);
      try {
        if ((await this.measureOnPool.ptm(pool, ptm, progress, signal)) === undefined) return false;
      } catch (error) {
        if (permanentFailure(error) === undefined) throw error;
      }
    }
    return true;
  }
}

/** Ends the measuring of a pool early, in the caller's transaction; one that was ready before stays so. */
export async function endMeasuring(
  manager: EntityManager,
  id: string,
  status: Extract<PoolStatus, "FAILED" | "CANCELLED">,
  statusReason: string | null,
): Promise<void> {
  await manager.update(Pool, { id, status: "MEASURING" }, { status, statusReason });
}
