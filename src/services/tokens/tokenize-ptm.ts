import type { DataSource, EntityManager } from "typeorm";

import { Ptm } from "../../entities/ptm.js";
import { Spider } from "../../entities/spider.js";
import { giveToken, hasToken, keepLearnedToken } from "./give-token.js";
import type { JobQueue } from "../background/job-queue.js";
import { JobRun } from "../background/job-run.js";
import type { LearnToken } from "../training/learn-token.js";
import type { MeasureOnPool } from "../training/measure-on-pool.js";
import { permanentFailure } from "../background/permanent-failure.js";
import { compareFingerprint, keepFingerprint } from "./keep-fingerprint.js";
import { keepLatency } from "./keep-latency.js";
import type { ProbePtm } from "./probe-ptm.js";
import { queueTokens } from "./queue-tokens.js";
import type { SpiderSnapshots } from "./spider-snapshots.js";

/** Share of the progress that measuring on the pool makes; learning is the rest. */
const MEASURE_SHARE = 0.9;
const NOBODY = "00000000-0000-0000-0000-000000000000";

/**
 * The work of a TOKENIZE_PTM job: runs a new PTM once and gives it its token: the one that the active spider learned for
 * exactly these weights, or one that is learned now from a pool.
 */
export class TokenizePtm {
  constructor(
    private readonly dataSource: DataSource,
    private readonly snapshots: SpiderSnapshots,
    private readonly probe: ProbePtm,
    private readonly measureOnPool: MeasureOnPool,
    private readonly learnToken: LearnToken,
    private readonly queue: JobQueue,
  ) {}

  /**
   * Safe to repeat; of several attempts at a job the latest alone writes.
   *
   * @throws what another attempt may mend; a fault of the PTM ends in PTM and job FAILED instead
   */
  async run(jobId: string, signal: AbortSignal): Promise<void> {
    const attempt = await JobRun.begin(this.dataSource, jobId);
    if (attempt === undefined) return;
    const ptm = await this.dataSource.getRepository(Ptm).findOneByOrFail({ id: attempt.job.ptmId! });
    try {
      await attempt.progress(0, "running the PTM on probe images");
      const { featureWidth, count, batches, fingerprint } = await this.probe.run(ptm, signal);
      const spider = await this.dataSource.getRepository(Spider).findOneBy({ active: true });
      const write = await this.#learn(attempt, spider, ptm, signal);
      if (write === undefined) return; // another attempt has taken over
      const compared =
        fingerprint && (await compareFingerprint(this.dataSource.manager, ptm.id, fingerprint));
      await attempt.finish({ state: "COMPLETED" }, async (manager) => {
        await write(manager);
        await manager.update(Ptm, { id: ptm.id }, { featureWidth, ...count });
        await keepLatency(manager, ptm.id, batches);
        await keepFingerprint(manager, compared);
        await giveToken(manager, this.snapshots, ptm);
        const isStill = await manager.existsBy(Spider, { active: true, id: spider?.id ?? NOBODY });
        if (!isStill) await queueTokens(manager, this.queue, ptm.id);
      });
    } catch (error) {
      const reason = permanentFailure(error);
      if (reason === undefined) throw error;
      await attempt.finish({ state: "FAILED", errorMessage: reason }, async (manager) => {
        await manager.update(Ptm, { id: ptm.id }, { status: "FAILED", statusReason: reason });
      });
    }
  }

  /** @returns what writes the token down, nothing to write if there is none to learn; undefined if it was stopped */
  async #learn(
    attempt: JobRun,
    spider: Spider | null,
    ptm: Ptm,
    signal: AbortSignal,
  ): Promise<((manager: EntityManager) => Promise<void>) | undefined> {
    const nothing = async (): Promise<void> => undefined;
    if (spider === null || (await hasToken(this.dataSource.manager, this.snapshots, spider, ptm)))
      return nothing;
    const lesson = await this.learnToken.lesson(spider);
    if (lesson === undefined) return nothing;

    const mine = await attempt.advance(0, "measuring on the pool", async (manager) => {
      await manager.update(Ptm, { id: ptm.id }, { status: "TOKENIZING", statusReason: null });
    });
    if (!mine) return undefined;
    const measurement = await this.measureOnPool.ptm(
      lesson.pool,
      ptm,
      (share, stage) =>
        attempt.progress(MEASURE_SHARE * share, `${stage} ${ptm.name} on pool "${lesson.pool.name}"`),
      signal,
    );
    if (measurement === undefined) return undefined;
    if (!(await attempt.progress(MEASURE_SHARE, "learning its token"))) return undefined;
    const learned = await this.learnToken.run(spider, lesson, measurement);
    return (manager) => keepLearnedToken(manager, spider, ptm, learned);
  }
}
