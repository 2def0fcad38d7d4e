import { type DataSource, type EntityManager, In } from "typeorm";
import { v7 as uuid } from "uuid";

import { inspectModel } from "../engine/onnx/inspect.js";
import { checkSignature } from "../engine/onnx/check-signature.js";
import type { SnapshotManifest } from "../engine/spider/snapshot-manifest.js";
import type { PtmSignature } from "../engine/tokens/signature.js";
import { Ptm } from "../entities/ptm.js";
import { Spider } from "../entities/spider.js";
import { Task } from "../entities/task.js";
import { DomainError } from "../errors.js";
import type { ArtifactStore } from "../storage/artifact-store.js";
import { giveToken } from "./give-token.js";
import { type JobQueue, queueJob } from "./job-queue.js";
import { queueTokens } from "./queue-tokens.js";
import { requireArtifact } from "./register-artifact.js";
import { mergeRule } from "./merge-rule.js";
import type { SpiderSnapshots } from "./spider-snapshots.js";

export interface ImportSpiderInput {
  /** SHA-256 of the uploaded snapshot (safetensors). */
  readonly snapshot: string;
  /** The parsed manifest that belongs to it. */
  readonly manifest: unknown;
  /** How the general encoder takes images; its file must be uploaded too. */
  readonly encoderSignature: PtmSignature;
}

/** Brings a trained spider into the registry and makes it the active one. */
export class ImportSpider {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: ArtifactStore,
    private readonly snapshots: SpiderSnapshots,
    private readonly queue: JobQueue,
  ) {}

  /**
   * Safe to repeat: a snapshot is one spider. PTMs that it knows get their tokens, tasks with samples are queued for
   * tokens of its general encoder if they lack them; all in one transaction with the activation.
   *
   * @throws DomainError NOT_FOUND (snapshot or encoder not uploaded), BAD_USER_INPUT (they do not fit together)
   */
  async run(input: ImportSpiderInput): Promise<Spider> {
    await requireArtifact(this.dataSource, this.store, input.snapshot);
    const { encoder, parameters } = await this.#read(input);
    await requireArtifact(this.dataSource, this.store, encoder.digest);
    checkSignature(inspectModel(await this.store.read(encoder.digest)), input.encoderSignature);

    return this.dataSource.transaction(async (manager) => {
      const known = await manager.findOneBy(Spider, { snapshotSha256: input.snapshot });
      const spider = known ?? manager.create(Spider, { id: uuid() });
      await manager.update(Spider, { active: true }, { active: false });
      if (known === null) {
        await manager.insert(Spider, {
          id: spider.id,
          version: ((await manager.maximum(Spider, "version")) ?? 0) + 1,
          active: true,
          width: parameters.width,
          snapshotSha256: input.snapshot,
          manifest: input.manifest as object,
          encoderSha256: encoder.digest,
          encoderWidth: parameters.encoderWidth,
          encoderSignature: input.encoderSignature,
        });
      } else {
        await manager.update(Spider, { id: spider.id }, { active: true });
      }
      await this.#giveTokens(manager);
      await queueTokens(manager, this.queue);
      await this.#queueTasks(manager, encoder.digest);
      return manager.findOneByOrFail(Spider, { id: spider.id });
    });
  }

  async #read(input: ImportSpiderInput) {
    try {
      const learned = await this.snapshots.read({ snapshotSha256: input.snapshot, manifest: input.manifest });
      mergeRule(input.manifest as SnapshotManifest); // checked now: no ranking shall stumble over it later
      return learned;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new DomainError("BAD_USER_INPUT", error.message, { cause: error });
    }
  }

  async #giveTokens(manager: EntityManager): Promise<void> {
    const ptms = await manager.findBy(Ptm, { status: In(["READY", "REGISTERED"]) });
    for (const ptm of ptms) await giveToken(manager, this.snapshots, ptm);
  }

  async #queueTasks(manager: EntityManager, encoderSha256: string): Promise<void> {
    const tasks = await manager
      .createQueryBuilder(Task, "task")
      .where("task.status = 'READY' AND task.sampleCount > 0")
      .andWhere(
        "NOT EXISTS (SELECT FROM task_token WHERE task_token.task_id = task.id AND encoder_sha256 = :encoderSha256)",
        { encoderSha256 },
      )
      .getMany();
    for (const task of tasks) {
      await manager.update(Task, { id: task.id }, { status: "TOKENIZING" });
      await queueJob(manager, this.queue, { kind: "TOKENIZE_TASK", taskId: task.id });
    }
  }
}
