import type { DataSource, EntityManager } from "typeorm";

import type { SnapshotManifest } from "../../engine/spider/snapshot-manifest.js";
import { ofPtms } from "../../engine/training/training-pool.js";
import { Pool } from "../../entities/pool.js";
import { Ptm } from "../../entities/ptm.js";
import { SpiderEpoch } from "../../entities/spider-epoch.js";
import { SpiderTraining } from "../../entities/spider-training.js";
import { Spider, type SpiderEvaluation, type SpiderStatus } from "../../entities/spider.js";
import { DomainError } from "../../errors.js";
import type { ArtifactStore } from "../../storage/artifact-store.js";
import type { EvaluateTrained } from "../evaluation/evaluate-trained.js";
import { keepSnapshotTokens } from "../tokens/give-token.js";
import { JobRun } from "../background/job-run.js";
import { keepArtifact } from "../registry/keep-artifact.js";
import { permanentFailure } from "../background/permanent-failure.js";
import type { PoolReader } from "./pool-reader.js";
import type { SpiderSnapshots } from "../tokens/spider-snapshots.js";
import { epochsOf, parseRecipe, type TrainedSpider } from "./train-zoo-spider.js";
import type { TrainingThread } from "./training-thread.js";
import type { TrainingStep } from "./training.worker.js";

/** How often a training looks whether somebody cancelled it or took it over. */
const LOOK_MS = 500;
/** Share of the progress that learning makes; the evaluation is the rest. */
const LEARNING_SHARE = 0.8;

/** Why a training stopped that is no longer this attempt's. */
class NoLongerOurs extends Error {}

/** The work of a TRAIN job: learns a spider epoch by epoch, keeping curve and checkpoint, and evaluates it at the end. */
export class RunTraining {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: ArtifactStore,
    private readonly reader: PoolReader,
    private readonly thread: TrainingThread,
    private readonly snapshots: SpiderSnapshots,
    private readonly evaluate: EvaluateTrained,
  ) {}

  /**
   * Safe to repeat: another attempt goes on from the last epoch and ends with the same bytes. Of several attempts at a job the
   * latest alone writes.
   *
   * @throws what another attempt may mend; a training that diverges ends in spider and job FAILED instead
   */
  async run(jobId: string, signal: AbortSignal): Promise<void> {
    const attempt = await JobRun.begin(this.dataSource, jobId);
    if (attempt === undefined) return;
    const spiderId = attempt.job.spiderId!;
    try {
      const trained = await this.#train(attempt, spiderId, signal);
      const manifest = trained.manifest;
      const snapshotSha256 = await keepArtifact(this.dataSource, this.store, trained.weights);
      if (!(await attempt.progress(LEARNING_SHARE, "evaluating"))) return;
      const spider = await this.dataSource.getRepository(Spider).findOneByOrFail({ id: spiderId });
      Object.assign(spider, { snapshotSha256, manifest });
      const evaluation = await this.evaluate.run(
        spider,
        (share, stage) => attempt.progress(LEARNING_SHARE + (1 - LEARNING_SHARE) * share, stage),
        signal,
      );
      if (evaluation === undefined) return; // cancelled, or taken over by another worker
      await attempt.finish({ state: "COMPLETED" }, async (manager) => {
        await this.#finish(manager, spiderId, { snapshotSha256, manifest, evaluation });
      });
    } catch (error) {
      if (error instanceof NoLongerOurs) return;
      // The engine refuses with a RangeError what would end the same way again.
      const reason = error instanceof RangeError ? error.message : permanentFailure(error);
      if (reason === undefined) throw error;
      await attempt.finish({ state: "FAILED", errorMessage: reason }, (manager) =>
        endTraining(manager, spiderId, "FAILED", reason),
      );
    }
  }

  async #train(
    attempt: JobRun,
    spiderId: string,
    signal: AbortSignal,
  ): Promise<Omit<TrainedSpider, "curve">> {
    const training = await this.dataSource
      .createQueryBuilder(SpiderTraining, "training")
      .addSelect("training.checkpoint")
      .where("training.spiderId = :spiderId", { spiderId })
      .getOneOrFail();
    const pool = await this.dataSource.getRepository(Pool).findOneByOrFail({ id: training.poolId });
    const wanted = new Set(training.ptmSha256);
    const recipe = parseRecipe(training.recipe);
    const epochs = epochsOf(recipe);
    const stopping = new AbortController();
    const stop = (): void => stopping.abort(signal.reason);
    signal.addEventListener("abort", stop);
    let told = training.checkpointEpoch;
    const look = setInterval(() => {
      void attempt
        .progress((LEARNING_SHARE * told) / epochs, `epoch ${told + 1} of ${epochs}`)
        .then((mine) => mine || stopping.abort(new NoLongerOurs()))
        .catch(() => undefined); // a database that is away for a moment stops no training
    }, LOOK_MS);
    try {
      const request = {
        pool: ofPtms(await this.reader.whole(pool, wanted), wanted),
        recipe,
        outcomes: training.outcomes,
        checkpoint: training.checkpoint,
      };
      for await (const step of this.thread.train(request, stopping.signal)) {
        if ("trained" in step) return step.trained;
        told = step.point.epoch;
        const mine = await attempt.advance(
          (LEARNING_SHARE * told) / epochs,
          `epoch ${told} of ${epochs}`,
          (manager) => keepEpoch(manager, spiderId, step),
        );
        if (!mine) throw new NoLongerOurs();
      }
      throw new Error("run training: the thread ended without a spider");
    } finally {
      clearInterval(look);
      signal.removeEventListener("abort", stop);
    }
  }

  async #finish(
    manager: EntityManager,
    id: string,
    result: { snapshotSha256: string; manifest: SnapshotManifest; evaluation: SpiderEvaluation },
  ): Promise<void> {
    const { snapshotSha256, manifest, evaluation } = result;
    // The same pool and recipe give the same bytes, and a snapshot is one spider.
    const same = await manager.findOneBy(Spider, { snapshotSha256 });
    if (same !== null) {
      const reason = `The training gave spider ${same.version} again, byte for byte; use that one.`;
      throw new DomainError("CONFLICT", reason); // job and spider end with it
    }
    await manager.update(
      Spider,
      { id },
      { status: "READY", snapshotSha256, manifest: manifest, evaluation: evaluation },
    );
    await manager.update(SpiderTraining, { spiderId: id }, { checkpoint: null });
    const spider = await manager.findOneByOrFail(Spider, { id });
    const ptms = await manager.find(Ptm, { select: { id: true, artifactSha256: true } });
    await keepSnapshotTokens(manager, this.snapshots, spider, ptms);
  }
}

/** Writes an epoch's point and checkpoint; the one before is not needed any more. */
async function keepEpoch(
  manager: EntityManager,
  spiderId: string,
  { point, checkpoint }: Exclude<TrainingStep, { trained: unknown }>,
): Promise<void> {
  const { epoch, loss, validationTau } = point;
  await manager.upsert(
    SpiderEpoch,
    { spiderId, epoch, loss, validationTau: Number.isNaN(validationTau) ? null : validationTau },
    ["spiderId", "epoch"],
  );
  const bytes = Buffer.from(checkpoint.buffer, checkpoint.byteOffset, checkpoint.byteLength);
  await manager.update(SpiderTraining, { spiderId }, { checkpoint: bytes, checkpointEpoch: epoch });
}

/** Ends the training of a spider without a result, in the caller's transaction; nothing if it has ended. */
export async function endTraining(
  manager: EntityManager,
  id: string,
  status: Extract<SpiderStatus, "FAILED" | "CANCELLED">,
  statusReason: string | null,
): Promise<void> {
  await manager.update(Spider, { id, status: "TRAINING" }, { status, statusReason });
  await manager.update(SpiderTraining, { spiderId: id }, { checkpoint: null });
}
