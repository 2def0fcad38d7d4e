import type { DataSource } from "typeorm";

import type { PtmSignature } from "../../engine/tokens/signature.js";
import { Job } from "../../entities/job.js";
import type { Modality } from "../../entities/ptm.js";
import { DomainError, inPart } from "../../errors.js";
import { audit } from "../access/audit.js";
import { once } from "../access/once.js";
import { sha256 } from "../digest.js";
import { entryName } from "../registry/entry-name.js";
import type { ImportSource } from "./import-source.js";
import { type JobQueue, queueJob } from "../background/job-queue.js";
import { lockName } from "../registry/lock-name.js";
import type { OutboundHttp } from "../outbound/outbound-http.js";
import type { Viewer } from "../access/viewer.js";

export interface ImportPtmInput {
  readonly source: ImportSource;
  readonly signature: PtmSignature;
  readonly modality: Modality;
  /** Absent where the source's own is to be taken; the same for what follows. */
  readonly name?: string | null | undefined;
  readonly license?: string | null | undefined;
  readonly architecture?: string | null | undefined;
  readonly newVersion: boolean;
}

/** What an IMPORT_PTM job carries. */
export interface ImportRequest {
  readonly input: ImportPtmInput;
  readonly viewer: Viewer;
}

const REPOSITORY = /^[A-Za-z0-9][\w.-]*\/[A-Za-z0-9][\w.-]*$/;
const LONGEST = 500;
/** Where the input says what a source is. */
const PART_OF = { HUGGING_FACE: "huggingFace", MLFLOW: "mlflow" } as const;

/** Starts the import of a PTM from another registry. A job does the work: see RunImport. */
export class ImportPtm {
  constructor(
    private readonly dataSource: DataSource,
    private readonly queue: JobQueue,
    private readonly outbound: OutboundHttp,
  ) {}

  /**
   * Safe to repeat: an equal import that is not over is joined, and the same weights under the same name are one PTM.
   *
   * @throws DomainError FAILED_PRECONDITION (imports are off), BAD_USER_INPUT
   */
  async run(given: ImportPtmInput, viewer: Viewer): Promise<{ job: Job }> {
    this.outbound.requireEnabled("Importing");
    const input = {
      ...given,
      name: inPart("name", () => (given.name == null ? null : entryName(given.name))),
      source: inPart(PART_OF[given.source.kind], () => this.#checked(given.source)),
    };
    // The key is this request's; what the job does later in the same name is another.
    const { request: _, ...asker } = viewer;
    const request = { input, viewer: asker } satisfies ImportRequest;
    const key = sha256(JSON.stringify(input));
    return once(this.dataSource, viewer, async (manager) => {
      await lockName(manager, "import", key);
      const open = await manager
        .createQueryBuilder(Job, "job")
        .where("job.kind = 'IMPORT_PTM' AND job.state IN ('QUEUED', 'RUNNING')")
        .andWhere("job.request ->> 'key' = :key", { key })
        .getOne();
      if (open !== null) return { job: open };
      const job = await queueJob(manager, this.queue, { kind: "IMPORT_PTM", request: { ...request, key } });
      await audit(manager, viewer, {
        action: "importPtm",
        subject: { type: "Job", id: job.id },
        before: null,
        after: input,
      });
      return { job };
    });
  }

  #checked(source: ImportSource): ImportSource {
    const server = inPart("server", () => this.outbound.check(source.server)).href.replace(/\/$/, "");
    if (source.kind === "HUGGING_FACE" && !REPOSITORY.test(source.repository)) {
      throw new DomainError("BAD_USER_INPUT", `repository must be "owner/name".`, { part: ["repository"] });
    }
    for (const [part, text] of Object.entries(source) as [string, string | undefined][]) {
      if (text !== undefined && (text === "" || text.length > LONGEST)) {
        throw new DomainError("BAD_USER_INPUT", `${part} must have 1 to ${LONGEST} characters.`, {
          part: [part],
        });
      }
    }
    if (source.file?.split("/").some((segment) => segment === "" || segment === "." || segment === "..")) {
      throw new DomainError("BAD_USER_INPUT", "file must be a plain relative path with forward slashes.", {
        part: ["file"],
      });
    }
    return { ...source, server };
  }
}
