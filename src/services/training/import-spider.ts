import { isDeepStrictEqual } from "node:util";

import type { DataSource, EntityManager } from "typeorm";
import { v7 as uuid } from "uuid";

import { inspectModel } from "../../engine/onnx/inspect.js";
import { checkSignature } from "../../engine/onnx/check-signature.js";
import type { SnapshotManifest } from "../../engine/spider/snapshot-manifest.js";
import type { PtmSignature } from "../../engine/tokens/signature.js";
import { Spider } from "../../entities/spider.js";
import { DomainError } from "../../errors.js";
import { audit } from "../access/audit.js";
import type { Viewer } from "../access/viewer.js";
import type { ArtifactStore } from "../../storage/artifact-store.js";
import type { JobQueue } from "../background/job-queue.js";
import { chosenOnValidation } from "../evaluation/chosen-on-validation.js";
import type { ClaimedEvaluation } from "../evaluation/kept-evaluation.js";
import { requireArtifact } from "../registry/register-artifact.js";
import { mergeRule } from "../ranking/merge-rule.js";
import type { SpiderSnapshots } from "../tokens/spider-snapshots.js";
import { switchSpider } from "./switch-spider.js";

export interface ImportSpiderInput {
  /** SHA-256 of the uploaded snapshot (safetensors). */
  readonly snapshot: string;
  /** The parsed manifest that belongs to it. */
  readonly manifest: unknown;
  /** How the general encoder takes images; its file must be uploaded too. */
  readonly encoderSignature: PtmSignature;
  /** What the files that it came with say of how it did. */
  readonly evaluation?: ClaimedEvaluation | undefined;
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
   * tokens of its general encoder if they lack them; all in one transaction with the activation. A spider that
   * has an evaluation keeps it.
   *
   * @throws DomainError NOT_FOUND (snapshot or encoder not uploaded), BAD_USER_INPUT (they do not fit together)
   */
  async run(input: ImportSpiderInput, viewer: Viewer): Promise<Spider> {
    await requireArtifact(this.dataSource, this.store, input.snapshot);
    const { encoder, parameters, evaluation } = await this.#read(input);
    await requireArtifact(this.dataSource, this.store, encoder.digest);
    checkSignature(inspectModel(await this.store.read(encoder.digest)), input.encoderSignature);

    return this.dataSource.transaction(async (manager) => {
      const known = await manager.findOneBy(Spider, { snapshotSha256: input.snapshot });
      const spider = known ?? manager.create(Spider, { id: uuid() });
      if (known === null) {
        await manager.insert(Spider, {
          id: spider.id,
          version: ((await manager.maximum(Spider, "version")) ?? 0) + 1,
          active: false,
          width: parameters.width,
          snapshotSha256: input.snapshot,
          manifest: input.manifest as object,
          evaluation,
          encoderSha256: encoder.digest,
          encoderWidth: parameters.encoderWidth,
          encoderSignature: input.encoderSignature,
        });
      } else if (evaluation !== null && known.evaluation === null) {
        await manager.update(Spider, { id: spider.id }, { evaluation });
      }
      await switchSpider(manager, this.snapshots, this.queue, {
        id: spider.id,
        encoderSha256: encoder.digest,
      });
      const after = await manager.findOneByOrFail(Spider, { id: spider.id });
      await this.#audit(manager, viewer, known, after);
      return after;
    });
  }

  /** Not the whole rows: a manifest names every PTM. */
  async #audit(manager: EntityManager, viewer: Viewer, before: Spider | null, after: Spider): Promise<void> {
    const told = ({ version, active, snapshotSha256, evaluation }: Spider) => ({
      version,
      active,
      snapshotSha256,
      evaluated: evaluation !== null,
    });
    const change = { before: before && told(before), after: told(after) };
    if (isDeepStrictEqual(change.before, change.after)) return;
    const subject = { type: "Spider", id: after.id };
    await audit(manager, viewer, { action: "importSpider", subject, ...change });
  }

  async #read(input: ImportSpiderInput) {
    try {
      const learned = await this.snapshots.read({ snapshotSha256: input.snapshot, manifest: input.manifest });
      const manifest = input.manifest as SnapshotManifest; // the snapshot's reader has checked it
      mergeRule(manifest); // checked now: no ranking shall stumble over it later
      const evaluation = input.evaluation ? { ...input.evaluation, ...chosenOnValidation(manifest) } : null;
      return { ...learned, evaluation };
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new DomainError("BAD_USER_INPUT", error.message, { cause: error });
    }
  }
}
