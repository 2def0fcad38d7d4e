import type { DataSource, EntityManager } from "typeorm";
import { v7 as uuid } from "uuid";

import type { ArchiveLimits } from "../../archives/archive-limits.js";
import { type ClassCentres, classCentres } from "../../archives/class-centres.js";
import { inspectTaskArchive, readClassCentres } from "../../archives/task-archive.js";
import { CODE_VERSION } from "../../code-version.js";
import { Job } from "../../entities/job.js";
import { Spider } from "../../entities/spider.js";
import { TaskToken } from "../../entities/task-token.js";
import { Task } from "../../entities/task.js";
import { DomainError, inPart } from "../../errors.js";
import type { ArtifactStore } from "../../storage/artifact-store.js";
import { audit } from "../access/audit.js";
import { once } from "../access/once.js";
import { sha256 } from "../digest.js";
import { entryName } from "./entry-name.js";
import { type JobQueue, queueJob } from "../background/job-queue.js";
import { lockName } from "./lock-name.js";
import { requireArtifact } from "./register-artifact.js";
import type { Viewer } from "../access/viewer.js";

export interface AddTaskInput {
  readonly name: string;
  /** What the task is: an uploaded archive, or class centres when the samples stay at home. */
  readonly content: { readonly artifact: string } | { readonly centres: PlainCentres };
  /** Whether other data under a name that exists shall become its next version. */
  readonly newVersion: boolean;
}

/** Class centres as they come over the wire. */
export interface PlainCentres {
  readonly classes: readonly string[];
  /** Shape [C, d_psi], row-major. */
  readonly vectors: Float32Array;
}

export interface AddedTask {
  readonly task: Task;
  /** What prepares the token; null when there is nothing to prepare. */
  readonly job: Job | null;
}

/** What an archive or class centres say about a task, checked. */
interface TaskContent {
  readonly classes: readonly string[];
  readonly sampleCount: number;
  readonly contentSha256: string;
  readonly artifactSha256: string | null;
  /** Present for a private task: nothing is left to compute. */
  readonly token?: { readonly encoderSha256: string; readonly centres: ClassCentres["centres"] };
}

/** Adds a task. Answers at once; where samples came, a job computes the task token. */
export class AddTask {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: ArtifactStore,
    private readonly queue: JobQueue,
    private readonly limits: ArchiveLimits,
  ) {}

  /**
   * Safe to repeat: the same content under the same name is the same task.
   * Everything is checked before the first row is written; row and job appear in one transaction.
   *
   * @throws DomainError BAD_USER_INPUT (name, archive, centres), NOT_FOUND (artifact), CONFLICT (the name is taken by
   *   other data), FAILED_PRECONDITION (class centres while no spider is active)
   */
  async run(input: AddTaskInput, viewer: Viewer): Promise<AddedTask> {
    const name = inPart("name", () => entryName(input.name));
    const content = await this.#check(input.content);
    return once(this.dataSource, viewer, (manager) =>
      this.#write(manager, name, content, input.newVersion, viewer),
    );
  }

  #check(content: AddTaskInput["content"]): Promise<TaskContent> {
    if ("artifact" in content) return inPart("artifact", () => this.#inspectArchive(content.artifact));
    return inPart("centres", async () =>
      this.#checkCentres(divideIntoRows(content.centres, this.limits), null),
    );
  }

  async #inspectArchive(digest: string): Promise<TaskContent> {
    await requireArtifact(this.dataSource, this.store, digest);
    const path = await this.store.path(digest);
    const summary = await inspectTaskArchive(path, this.limits);
    if (summary.kind === "centres") {
      return this.#checkCentres(await readClassCentres(path, this.limits), digest);
    }
    return {
      classes: summary.classNames,
      sampleCount: summary.sampleCount,
      contentSha256: digest,
      artifactSha256: digest,
    };
  }

  /** Class centres mean something only to the general encoder that made them, which is the active spider's. */
  async #checkCentres(centres: ClassCentres, artifact: string | null): Promise<TaskContent> {
    const spider = await this.dataSource.getRepository(Spider).findOneBy({ active: true });
    if (spider === null) {
      throw new DomainError(
        "FAILED_PRECONDITION",
        "Class centres need an active spider, whose general encoder they are checked against; none is active.",
      );
    }
    if (centres.centres.columns !== spider.encoderWidth) {
      throw new DomainError(
        "BAD_USER_INPUT",
        `Class centres must have ${spider.encoderWidth} dimensions, as the general encoder's features have; ` +
          `got ${centres.centres.columns}.`,
      );
    }
    return {
      classes: centres.classNames,
      sampleCount: 0,
      contentSha256: artifact ?? sha256(JSON.stringify(centres.classNames), centres.centres.values),
      artifactSha256: artifact,
      token: { encoderSha256: spider.encoderSha256, centres: centres.centres },
    };
  }

  async #write(
    manager: EntityManager,
    name: string,
    content: TaskContent,
    newVersion: boolean,
    viewer: Viewer,
  ): Promise<AddedTask> {
    await lockName(manager, "task", name);
    const versions = await manager
      .createQueryBuilder(Task, "task")
      .where("lower(task.name) = lower(:name)", { name })
      .orderBy("task.version", "DESC")
      .getMany();
    const same = versions.find((task) => task.contentSha256 === content.contentSha256);
    if (same !== undefined) {
      return {
        task: same,
        job: await manager.findOne(Job, {
          where: { taskId: same.id, kind: "TOKENIZE_TASK" },
          order: { id: "DESC" },
        }),
      };
    }
    if (versions.length > 0 && !newVersion) {
      throw new DomainError(
        "CONFLICT",
        `The name "${name}" belongs to a task with other data; choose another name, or set newVersion to add version ` +
          `${versions[0]!.version + 1}.`,
        { part: ["name"] },
      );
    }

    const task = manager.create(Task, {
      id: uuid(),
      name: versions[0]?.name ?? name,
      version: (versions[0]?.version ?? 0) + 1,
      kind: "CLASSIFICATION",
      status: content.token ? "READY" : "TOKENIZING",
      statusReason: null,
      classes: [...content.classes],
      sampleCount: content.sampleCount,
      contentSha256: content.contentSha256,
      artifactSha256: content.artifactSha256,
      createdBy: viewer.name,
    });
    if (versions[0] !== undefined) await manager.update(Task, { id: versions[0].id }, { latest: false });
    await manager.insert(Task, task);
    await audit(manager, viewer, {
      action: "addTask",
      subject: { type: "Task", id: task.id },
      before: null,
      after: task,
    });
    if (content.token) {
      const { encoderSha256, centres } = content.token;
      await manager.insert(TaskToken, {
        id: uuid(),
        taskId: task.id,
        encoderSha256,
        classCount: centres.rows,
        width: centres.columns,
        vectors: centres.values,
        digest: sha256(centres.values),
        codeVersion: CODE_VERSION,
      });
      return { task: await manager.findOneByOrFail(Task, { id: task.id }), job: null };
    }
    const job = await queueJob(manager, this.queue, { kind: "TOKENIZE_TASK", taskId: task.id });
    return { task: await manager.findOneByOrFail(Task, { id: task.id }), job };
  }
}

function divideIntoRows({ classes, vectors }: PlainCentres, limits: ArchiveLimits): ClassCentres {
  const width = vectors.length / classes.length;
  if (!Number.isInteger(width)) {
    throw new DomainError(
      "BAD_USER_INPUT",
      `Class centres must have one width: ${vectors.length} values do not divide into ${classes.length} classes.`,
    );
  }
  const rows = classes.map((_, row) => vectors.subarray(row * width, (row + 1) * width));
  return classCentres(rows, classes, limits);
}
