import { createReadStream } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";

import type { DataSource } from "typeorm";
import { z } from "zod";

import type { PtmSignature } from "../../engine/tokens/signature.js";
import { Job } from "../../entities/job.js";
import { Ptm } from "../../entities/ptm.js";
import type { Spider } from "../../entities/spider.js";
import { Task } from "../../entities/task.js";
import { DomainError } from "../../errors.js";
import type { ArtifactStore } from "../../storage/artifact-store.js";
import type { AddPtm } from "./add-ptm.js";
import type { AddTask } from "./add-task.js";
import { sha256 } from "../digest.js";
import type { ImportPool } from "../training/import-pool.js";
import type { ImportSpider } from "../training/import-spider.js";
import { readKeptEvaluation } from "../evaluation/kept-evaluation.js";
import { type OutcomeRow, parseOutcomes } from "../evaluation/parse-outcomes.js";
import { storable } from "./measurement.js";
import { addNewOutcomes } from "./record-outcomes.js";
import type { RegisterArtifact } from "./register-artifact.js";
import { LARGEST_REPORT } from "./report-outcome.js";
import { localViewer } from "../access/viewer.js";

const IMPORTER = localViewer("zoo import");

/** The files of a zoo folder; zoo/README.md describes them. */
const ptmList = z.object({
  ptms: z.array(
    z.object({
      id: z.string(),
      role: z.enum(["encoder", "candidate"]),
      architecture: z.string(),
      source: z.string(),
      sourceDatasets: z.union([z.string(), z.array(z.string())]),
      sourceClasses: z.int(),
      sourceAccuracy: z.number(),
    }),
  ),
});
const taskList = z.array(z.object({ id: z.string(), file: z.string() }));

type ListedPtm = z.infer<typeof ptmList>["ptms"][number];

/** All graphs of the zoo: normalisation is inside them. */
export const ZOO_SIGNATURE: PtmSignature = {
  input: "image",
  layout: "NCHW",
  channels: 3,
  height: 32,
  width: 32,
  range: [0, 1],
  mean: 0,
  std: 1,
  outputs: { features: "features", probabilities: "probabilities" },
};

export const ENCODER_SIGNATURE: PtmSignature = { ...ZOO_SIGNATURE, outputs: { features: "features" } };
const POOL_FILE = "pool.npz";

/** What to bring of a zoo folder besides PTMs and spider. */
export interface ImportZooOptions {
  /** Whether its tasks and outcomes come too. */
  readonly tasks: boolean;
  /** Tasks that somebody else will add. */
  readonly except: readonly string[];
}

/** Told after every file, so that a person sees it move. */
export type ImportProgress = (done: number, total: number, what: string) => void;

/** Brings a zoo folder into the registry: PTMs, the spider with its general encoder, the pool it learned from, tasks, outcomes. */
export class ImportZoo {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: ArtifactStore,
    private readonly registerArtifact: RegisterArtifact,
    private readonly importSpider: ImportSpider,
    private readonly importPool: ImportPool,
    private readonly addPtm: AddPtm,
    private readonly addTask: AddTask,
  ) {}

  /**
   * Safe to repeat: what is there already is found, not added again. PTMs and tasks with samples are ready when their jobs
   * have run.
   */
  async run(folder: string, options: ImportZooOptions, progress: ImportProgress): Promise<Spider> {
    const { ptms } = ptmList.parse(JSON.parse(await readFile(join(folder, "ptms.json"), "utf8")));
    const tasks = taskList
      .parse(JSON.parse(await readFile(join(folder, "tasks.json"), "utf8")))
      .filter(({ id }) => options.tasks && !options.except.includes(id));
    const total = ptms.length + tasks.length + 3;
    let done = 0;
    const step = (what: string): void => progress(++done, total, what);

    for (const ptm of ptms.filter(({ role }) => role === "encoder")) {
      await this.upload(join(folder, "ptms", `${ptm.id}.onnx`));
      step(ptm.id);
    }
    const spider = await this.importSpiderFrom(join(folder, "spider"));
    step("spider");
    await this.#importPool(join(folder, "pool"));
    step("pool");
    for (const ptm of ptms.filter(({ role }) => role === "candidate")) {
      await this.#addPtm(folder, ptm);
      step(ptm.id);
    }
    for (const task of tasks) {
      const artifact = await this.upload(join(folder, task.file));
      await this.addTask.run({ name: task.id, content: { artifact }, newVersion: false }, IMPORTER);
      step(task.id);
    }
    if (options.tasks) {
      await this.importOutcomes(parseOutcomes(await readFile(join(folder, "outcomes.csv"), "utf8")));
    }
    step("outcomes");
    return spider;
  }

  /** Brings a spider of the zoo's general encoder, which must be there, with its evaluation if the folder has one; activates it. */
  async importSpiderFrom(folder: string): Promise<Spider> {
    const manifest: unknown = JSON.parse(await readFile(join(folder, "manifest.json"), "utf8"));
    const snapshot = await this.upload(join(folder, "spider.safetensors"));
    return this.importSpider.run(
      {
        snapshot,
        manifest,
        evaluation: await readKeptEvaluation(folder, snapshot),
        encoderSignature: ENCODER_SIGNATURE,
      },
      IMPORTER,
    );
  }

  /** The pool that spiders of this zoo learn from, if the folder has one, with those images that it may carry. */
  async #importPool(folder: string): Promise<void> {
    const files = await readdir(folder).catch(() => [] as string[]);
    if (!files.includes(POOL_FILE)) return;
    const images = new Map<string, string>();
    for (const file of await readdir(join(folder, "images")).catch(() => [] as string[])) {
      images.set(`open/${basename(file, ".npz")}`, await this.upload(join(folder, "images", file)));
    }
    await this.importPool.run(
      {
        name: "demo zoo",
        file: await this.upload(join(folder, POOL_FILE)),
        encoderSignature: ENCODER_SIGNATURE,
        images,
      },
      IMPORTER,
    );
  }

  /** How many of the jobs of PTMs and tasks are over, for a second progress bar. */
  async jobsDone(): Promise<{ done: number; total: number }> {
    const jobs = this.dataSource.getRepository(Job);
    const [total, waiting] = await Promise.all([
      jobs.count(),
      jobs.count({ where: [{ state: "QUEUED" }, { state: "RUNNING" }] }),
    ]);
    return { done: total - waiting, total };
  }

  /** Records outcomes by names of tasks and PTMs; rows about others are left out, rows that are there stay. */
  async importOutcomes(rows: readonly OutcomeRow[]): Promise<void> {
    const [tasks, ptms] = await Promise.all([
      this.dataSource.getRepository(Task).find({ where: { version: 1 } }),
      this.dataSource.getRepository(Ptm).find({ where: { version: 1 } }),
    ]);
    const taskIds = new Map(tasks.map(({ name, id }) => [name, id]));
    const ptmIds = new Map(ptms.map(({ name, id }) => [name, id]));
    const measurements = rows.flatMap(({ task, ptm, metric, value }) => {
      const taskId = taskIds.get(task);
      const ptmId = ptmIds.get(ptm);
      if (taskId === undefined || ptmId === undefined) return [];
      const run = { protocol: "FULL_FINE_TUNE", split: "test", seed: 0 } as const;
      return [storable({ taskId, ptmId, metric, value, ...run })];
    });
    for (let begin = 0; begin < measurements.length; begin += LARGEST_REPORT) {
      const some = measurements.slice(begin, begin + LARGEST_REPORT);
      await this.dataSource.transaction((manager) => addNewOutcomes(manager, IMPORTER, "importZoo", some));
    }
  }

  /** Stores a file of this machine. @returns its digest */
  async upload(path: string): Promise<string> {
    const bytes = await readFile(path).catch((cause: unknown) => {
      throw new DomainError("NOT_FOUND", `There is no readable file ${path}.`, { cause });
    });
    const digest = sha256(bytes);
    const { size } = await stat(path);
    await this.store.write(digest, createReadStream(path), { maxBytes: size });
    await this.registerArtifact.run({ sha256: digest, sizeBytes: size }, IMPORTER);
    return digest;
  }

  async #addPtm(folder: string, listed: ListedPtm): Promise<void> {
    const sources = [listed.sourceDatasets].flat().join(", ");
    await this.addPtm.run(
      {
        name: listed.id,
        artifact: await this.upload(join(folder, "ptms", `${listed.id}.onnx`)),
        signature: ZOO_SIGNATURE,
        modality: "IMAGE",
        architecture: listed.architecture,
        license: "Apache-2.0",
        tags: [listed.source, listed.architecture],
        card:
          `Pre-trained from scratch on ${sources} (${listed.sourceClasses} classes) at 32 x 32; accuracy ` +
          `${(100 * listed.sourceAccuracy).toFixed(1)} % on its own test split.`,
        newVersion: false,
      },
      IMPORTER,
    );
  }
}
