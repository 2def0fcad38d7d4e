import type { DataSource, EntityManager } from "typeorm";
import { v7 as uuid } from "uuid";

import type { MetricName } from "../../engine/transferability/registry.js";
import { Job } from "../../entities/job.js";
import { PoolSource } from "../../entities/pool-source.js";
import { Pool } from "../../entities/pool.js";
import { Spider } from "../../entities/spider.js";
import { Task } from "../../entities/task.js";
import { DomainError, inPart } from "../../errors.js";
import { audit } from "../access/audit.js";
import { once } from "../access/once.js";
import { sha256 } from "../digest.js";
import { entryName } from "../registry/entry-name.js";
import { requireFreeName } from "./import-pool.js";
import { type JobQueue, queueJob } from "../background/job-queue.js";
import { lockName } from "../registry/lock-name.js";
import type { Viewer } from "../access/viewer.js";

const MOST_SOURCES = 1000;
const MOST_TRAINING_TASKS = 100_000;
/** A training task draws at most fifty samples of a class; twice as many make tasks of one class differ. */
const SAMPLES_PER_CLASS = 100;

export interface CreatePoolCommand {
  readonly name: string;
  /** The sources: tasks with samples. */
  readonly taskIds: readonly string[];
  /** How many training tasks every PTM is scored on. */
  readonly trainingTasks: number;
  readonly seed: number;
  readonly metrics: readonly MetricName[];
}

/** Makes pools of tasks, and has PTMs measured on them. */
export class CreatePool {
  constructor(
    private readonly dataSource: DataSource,
    private readonly queue: JobQueue,
  ) {}

  /**
   * Answers at once; a job runs the active spider's general encoder and every PTM on the samples. Safe to repeat: equal
   * sources, training tasks and metrics are one pool.
   *
   * @throws DomainError BAD_USER_INPUT (numbers, name, metrics), NOT_FOUND (task), CONFLICT (the name belongs to another pool),
   *   FAILED_PRECONDITION (a task is not READY or has no samples, no spider is active)
   */
  async run(command: CreatePoolCommand, viewer: Viewer): Promise<{ pool: Pool; job: Job | null }> {
    const name = inPart("name", () => entryName(command.name));
    const taskIds = [...new Set(command.taskIds)];
    const metrics = [...new Set(command.metrics)];
    check(taskIds, metrics, command.trainingTasks);
    return once(this.dataSource, viewer, async (manager) => {
      await lockName(manager, "pool", "all");
      const spider = await manager.findOneBy(Spider, { active: true });
      if (spider === null) {
        throw new DomainError(
          "FAILED_PRECONDITION",
          "No spider is active, so there is no general encoder to run.",
        );
      }
      const tasks = await requireSources(manager, taskIds);
      const { trainingTasks, seed } = command;
      const digests = tasks.map(({ artifactSha256 }) => artifactSha256);
      const question = [spider.encoderSha256, digests, trainingTasks, seed, metrics, SAMPLES_PER_CLASS];
      const contentSha256 = sha256(JSON.stringify(question));
      const known = await manager.findOneBy(Pool, { contentSha256 });
      if (known !== null) return { pool: known, job: await latestJob(manager, known.id) };
      await requireFreeName(manager, name);
      const id = uuid();
      await manager.insert(Pool, {
        id,
        name,
        status: "MEASURING",
        statusReason: null,
        encoderSha256: spider.encoderSha256,
        encoderSignature: spider.encoderSignature,
        taskCount: trainingTasks,
        taskSeed: seed,
        metrics,
        samplesPerClass: SAMPLES_PER_CLASS,
        fileSha256: null,
        contentSha256,
        createdBy: viewer.name,
      });
      await manager.insert(
        PoolSource,
        tasks.map((task, position) => ({
          poolId: id,
          position,
          name: `${task.name} version ${task.version}`,
          artifactSha256: task.artifactSha256,
          taskId: task.id,
        })),
      );
      const job = await queueJob(manager, this.queue, { kind: "MEASURE_POOL", poolId: id });
      const pool = await manager.findOneByOrFail(Pool, { id });
      await audit(manager, viewer, {
        action: "createPool",
        subject: { type: "Pool", id },
        before: null,
        after: pool,
      });
      return { pool, job };
    });
  }

  /**
   * Has the PTMs measured that came since, and goes on with a pool whose measuring ended early. A measuring that is under way
   * is joined.
   *
   * @throws DomainError NOT_FOUND
   */
  async measureAgain(poolId: string, viewer: Viewer): Promise<{ pool: Pool; job: Job }> {
    return once(this.dataSource, viewer, async (manager) => {
      await lockName(manager, "pool", "all");
      const pool = await manager.findOneBy(Pool, { id: poolId });
      if (pool === null) {
        throw new DomainError("NOT_FOUND", "There is no Pool with the id given.", { part: ["poolId"] });
      }
      const latest = await latestJob(manager, poolId);
      if (latest?.state === "QUEUED" || latest?.state === "RUNNING") return { pool, job: latest };
      if (pool.status !== "READY") {
        await manager.update(Pool, { id: poolId }, { status: "MEASURING", statusReason: null });
      }
      const job = await queueJob(manager, this.queue, { kind: "MEASURE_POOL", poolId });
      const after = await manager.findOneByOrFail(Pool, { id: poolId });
      const subject = { type: "Pool", id: poolId };
      await audit(manager, viewer, {
        action: "measurePool",
        subject,
        before: { status: pool.status, jobId: latest?.id ?? null },
        after: { status: after.status, jobId: job.id },
      });
      return { pool: after, job };
    });
  }
}

function check(taskIds: readonly string[], metrics: readonly string[], trainingTasks: number): void {
  const within = (part: string, what: string, value: number, most: number): void => {
    if (Number.isInteger(value) && value >= 1 && value <= most) return;
    throw new DomainError("BAD_USER_INPUT", `${what} must be 1 to ${most}, got ${value}.`, { part: [part] });
  };
  within("taskIds", "The number of tasks", taskIds.length, MOST_SOURCES);
  within("trainingTasks", "trainingTasks", trainingTasks, MOST_TRAINING_TASKS);
  if (metrics.length === 0) {
    throw new DomainError("BAD_USER_INPUT", "metrics must hold at least one metric, got none.", {
      part: ["metrics"],
    });
  }
}

async function latestJob(manager: EntityManager, poolId: string): Promise<Job | null> {
  return manager.findOne(Job, { where: { poolId }, order: { id: "DESC" } });
}

/** @returns the tasks in the order of their ids as given */
async function requireSources(manager: EntityManager, taskIds: readonly string[]): Promise<Task[]> {
  const found = await manager
    .createQueryBuilder(Task, "task")
    .where("task.id = ANY(:taskIds)", { taskIds })
    .getMany();
  const tasks = new Map(found.map((task) => [task.id, task]));
  const part = ["taskIds"];
  return taskIds.map((id) => {
    const task = tasks.get(id);
    if (task === undefined) {
      throw new DomainError("NOT_FOUND", "There is no Task with one of the ids given.", { part });
    }
    if (task.status === "READY" && task.sampleCount > 0) return task;
    const lack = task.sampleCount === 0 ? "private: it brought class centres alone" : task.status;
    throw new DomainError(
      "FAILED_PRECONDITION",
      `Task "${task.name}" version ${task.version} is ${lack}; a source of a pool is READY and has samples.`,
      { part },
    );
  });
}
