import type { DataSource, EntityManager } from "typeorm";
import { v7 as uuid } from "uuid";

import { checkSignature } from "../../engine/onnx/check-signature.js";
import {
  DEFAULT_INSPECTION_LIMITS,
  inspectModel,
  type ModelInspection,
  requireSize,
} from "../../engine/onnx/inspect.js";
import { ModelRefused } from "../../engine/onnx/model-refused.js";
import type { PtmSignature } from "../../engine/tokens/signature.js";
import type { Artifact } from "../../entities/artifact.js";
import { Job } from "../../entities/job.js";
import { type Modality, Ptm } from "../../entities/ptm.js";
import { DomainError, inPart } from "../../errors.js";
import type { ArtifactStore } from "../../storage/artifact-store.js";
import { audit } from "../access/audit.js";
import { once } from "../access/once.js";
import { entryName } from "./entry-name.js";
import { type JobQueue, queueJob } from "../background/job-queue.js";
import { lockName } from "./lock-name.js";
import { checkedCard, checkedLabel, checkedTags } from "./ptm-texts.js";
import { requireArtifact } from "./register-artifact.js";
import type { Viewer } from "../access/viewer.js";

export interface AddPtmInput {
  readonly name: string;
  /** SHA-256 of the uploaded ONNX graph. */
  readonly artifact: string;
  readonly signature: PtmSignature;
  readonly modality: Modality;
  readonly architecture?: string | null | undefined;
  readonly license?: string | null | undefined;
  readonly tags: readonly string[];
  readonly card?: string | null | undefined;
  /** The PTM whose weights it was made from. */
  readonly basePtmId?: string | null | undefined;
  /** Whether other weights under a name that exists shall become its next version. */
  readonly newVersion: boolean;
}

export interface AddedPtm {
  readonly ptm: Ptm;
  readonly job: Job | null;
}

/** Adds a PTM. The file is inspected without being run; a job then runs it once and gives it its token. */
export class AddPtm {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: ArtifactStore,
    private readonly queue: JobQueue,
  ) {}

  /**
   * Safe to repeat: the same weights under the same name are the same PTM.
   *
   * @param action the mutation that the audit names
   * @throws DomainError BAD_USER_INPUT (name, file, signature), NOT_FOUND (artifact, base model), CONFLICT (the name is taken by
   *   other weights)
   */
  async run(input: AddPtmInput, viewer: Viewer, action = "addPtm"): Promise<AddedPtm> {
    const name = inPart("name", () => entryName(input.name));
    const texts = checkTexts(input);
    const artifact = await inPart("artifact", () =>
      requireArtifact(this.dataSource, this.store, input.artifact),
    );
    const inspection = await this.#inspect(artifact, input.signature);
    return once(this.dataSource, viewer, (manager) =>
      this.#write(manager, name, { ...input, ...texts }, inspection, artifact.sizeBytes, viewer, action),
    );
  }

  async #inspect({ sha256, sizeBytes }: Artifact, signature: PtmSignature): Promise<ModelInspection> {
    let part = ["artifact"];
    try {
      // Before a byte is read: an artifact may be larger than this process's memory.
      requireSize(sizeBytes, DEFAULT_INSPECTION_LIMITS.maximumBytes);
      const inspection = inspectModel(await this.store.read(sha256));
      part = ["signature"];
      checkSignature(inspection, signature);
      return inspection;
    } catch (error) {
      if (!(error instanceof ModelRefused)) throw error;
      throw new DomainError("BAD_USER_INPUT", `${error.code}: ${error.message}`, { cause: error, part });
    }
  }

  async #write(
    manager: EntityManager,
    name: string,
    input: AddPtmInput,
    inspection: ModelInspection,
    sizeBytes: number,
    viewer: Viewer,
    action: string,
  ): Promise<AddedPtm> {
    await lockName(manager, "ptm", name);
    const versions = await manager
      .createQueryBuilder(Ptm, "ptm")
      .where("lower(ptm.name) = lower(:name)", { name })
      .orderBy("ptm.version", "DESC")
      .getMany();
    const same = versions.find((ptm) => ptm.artifactSha256 === input.artifact);
    if (same !== undefined) return { ptm: same, job: await this.#jobOf(manager, same) };
    if (versions.length > 0 && !input.newVersion) {
      throw new DomainError(
        "CONFLICT",
        `The name "${name}" belongs to a PTM with other weights; choose another name, or set newVersion to add version ` +
          `${versions[0]!.version + 1}.`,
        { part: ["name"] },
      );
    }
    const basePtmId = input.basePtmId ?? null;
    if (basePtmId !== null && !(await manager.existsBy(Ptm, { id: basePtmId }))) {
      throw new DomainError("NOT_FOUND", "There is no Ptm with the id given as base model.", {
        part: ["baseModelId"],
      });
    }
    const id = uuid();
    if (versions[0] !== undefined) await manager.update(Ptm, { id: versions[0].id }, { latest: false });
    await manager.insert(Ptm, {
      id,
      name: versions[0]?.name ?? name,
      version: (versions[0]?.version ?? 0) + 1,
      status: "INSPECTING",
      statusReason: null,
      architecture: input.architecture ?? null,
      license: input.license ?? null,
      modality: input.modality,
      tags: [...input.tags],
      card: input.card ?? null,
      signature: input.signature,
      artifactSha256: input.artifact,
      sizeBytes,
      parameterCount: inspection.parameterCount,
      featureWidth: null,
      basePtmId,
      createdBy: viewer.name,
    });
    const job = await queueJob(manager, this.queue, { kind: "TOKENIZE_PTM", ptmId: id });
    const ptm = await manager.findOneByOrFail(Ptm, { id });
    await audit(manager, viewer, {
      action,
      subject: { type: "Ptm", id },
      before: null,
      after: ptm,
    });
    return { ptm, job };
  }

  /** What prepares or prepared it; a further run for one that is older than the counting of MACs. */
  async #jobOf(manager: EntityManager, { id, status, macs, macsReason }: Ptm): Promise<Job | null> {
    const latest = await manager.findOne(Job, { where: { ptmId: id }, order: { id: "DESC" } });
    const isOver = latest === null || !["QUEUED", "RUNNING"].includes(latest.state);
    const isCounted = macs !== null || macsReason !== null;
    if (isCounted || !isOver || (status !== "READY" && status !== "REGISTERED")) return latest;
    return queueJob(manager, this.queue, { kind: "TOKENIZE_PTM", ptmId: id });
  }
}

/** What people wrote about the PTM, in the form in which it is stored. */
function checkTexts(input: AddPtmInput): Pick<AddPtmInput, "tags" | "architecture" | "license" | "card"> {
  return {
    tags: inPart("tags", () => checkedTags(input.tags)),
    architecture: inPart("architecture", () => checkedLabel("architecture", input.architecture)),
    license: inPart("license", () => checkedLabel("license", input.license)),
    card: inPart("card", () => checkedCard(input.card)),
  };
}
