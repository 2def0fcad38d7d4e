import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";

import type { DataSource } from "typeorm";

import { Job } from "../../entities/job.js";
import { DomainError } from "../../errors.js";
import type { ArtifactStore } from "../../storage/artifact-store.js";
import type { AddPtm } from "../registry/add-ptm.js";
import type { ImportRequest } from "./import-ptm.js";
import { findOnHuggingFace } from "./hugging-face.js";
import type { FoundPtm, ImportFetches, ImportSource } from "./import-source.js";
import { findInMlflow } from "./mlflow.js";
import { JobRun } from "../background/job-run.js";
import type { OutboundHttp } from "../outbound/outbound-http.js";
import { permanentFailure } from "../background/permanent-failure.js";
import type { RegisterArtifact } from "../registry/register-artifact.js";
import type { Viewer } from "../access/viewer.js";

/** Answers of an API: metadata and a model card. */
const API_LIMITS = { maxBytes: 10 * 1024 * 1024, milliseconds: 30_000 };
const DOWNLOAD_MS = 30 * 60_000;
/** addPtm's own limits: of what a source says, so much is kept. */
const MOST_TAGS = 50;
const LONGEST_LABEL = 200;
const LONGEST_CARD = 100_000;

/** The work of an IMPORT_PTM job: fetches the file and adds it as an upload would be, inspection and sandbox included. */
export class RunImport {
  readonly #fetches: ImportFetches;

  constructor(
    private readonly dataSource: DataSource,
    private readonly store: ArtifactStore,
    private readonly registerArtifact: RegisterArtifact,
    private readonly addPtm: AddPtm,
    outbound: OutboundHttp,
    private readonly maxBytes: number,
    /** A folder of this process's own disk, for files whose digest is not known yet. */
    private readonly folder: string,
  ) {
    this.#fetches = {
      api: outbound.within(API_LIMITS),
      file: outbound.within({ maxBytes, milliseconds: DOWNLOAD_MS }),
    };
  }

  /**
   * Safe to repeat.
   *
   * @throws what another attempt may mend; a fault of the source ends in a FAILED job instead
   */
  async run(jobId: string): Promise<void> {
    const attempt = await JobRun.begin(this.dataSource, jobId);
    if (attempt === undefined) return;
    const { input, viewer } = attempt.job.request as ImportRequest;
    try {
      await attempt.progress(0, "asking for the model");
      const found = await this.#find(input.source);
      await attempt.progress(0.1, "fetching the file");
      const artifact = await this.#fetch(found, viewer);
      await attempt.progress(0.9, "adding the PTM");
      const { ptm } = await this.addPtm.run(
        {
          ...input,
          artifact,
          name: input.name ?? found.name,
          license: input.license ?? found.license?.slice(0, LONGEST_LABEL),
          tags: found.tags.filter((tag) => tag.length <= LONGEST_LABEL).slice(0, MOST_TAGS),
          card: cardOf(found),
        },
        viewer,
      );
      await attempt.finish({ state: "COMPLETED" }, async (manager) => {
        await manager.update(Job, { id: jobId }, { ptmId: ptm.id });
      });
    } catch (error) {
      const reason = permanentFailure(error);
      if (reason === undefined) throw error;
      await attempt.finish({ state: "FAILED", errorMessage: reason }, async () => undefined);
    }
  }

  #find(source: ImportSource): Promise<FoundPtm> {
    return source.kind === "HUGGING_FACE"
      ? findOnHuggingFace(source, this.#fetches)
      : findInMlflow(source, this.#fetches);
  }

  /** Downloads to a file of its own first: only whole files with a known digest come into the store. */
  async #fetch(found: FoundPtm, viewer: Viewer): Promise<string> {
    const response = await found.download();
    if (!response.ok || response.body === null) {
      throw new DomainError(
        "NOT_FOUND",
        `The file could not be fetched: the server answered ${response.status}.`,
      );
    }
    await mkdir(this.folder, { recursive: true });
    const temporary = await mkdtemp(join(this.folder, "import-"));
    try {
      const path = join(temporary, "file");
      const hash = createHash("sha256");
      const hashing = new Transform({
        transform(chunk: Buffer, _encoding, done) {
          hash.update(chunk);
          done(null, chunk);
        },
      });
      await pipeline(Readable.fromWeb(response.body), hashing, createWriteStream(path));
      const sha256 = hash.digest("hex");
      const { sizeBytes } = await this.store.write(sha256, createReadStream(path), {
        maxBytes: this.maxBytes,
      });
      await this.registerArtifact.run({ sha256, sizeBytes }, viewer);
      return sha256;
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  }
}

/** The card begins with where the weights come from, so that it is never lost. */
function cardOf({ origin, card }: FoundPtm): string {
  return `Imported from <${origin}>.\n\n${card ?? ""}`.trim().slice(0, LONGEST_CARD);
}
