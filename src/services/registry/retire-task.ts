import type { DataSource, EntityManager } from "typeorm";

import { Spider } from "../../entities/spider.js";
import { TaskToken } from "../../entities/task-token.js";
import { Task } from "../../entities/task.js";
import { DomainError } from "../../errors.js";
import { audit } from "../access/audit.js";
import { type JobQueue, queueJob } from "../background/job-queue.js";
import { checkedRetirement, NOT_RETIRED, type RetirementInput } from "./retirement.js";
import { changedColumns } from "./update-ptm.js";
import type { Viewer } from "../access/viewer.js";

/** Withdraws a task, so that nobody ranks for it any more, and takes it back. What was measured on it stays and counts. */
export class RetireTask {
  constructor(
    private readonly dataSource: DataSource,
    private readonly queue: JobQueue,
  ) {}

  /**
   * Safe to repeat: a task that is retired already stays as it is.
   *
   * @throws DomainError NOT_FOUND (task, successor), BAD_USER_INPUT, FAILED_PRECONDITION (a job is preparing it)
   */
  async run(input: RetirementInput, viewer: Viewer): Promise<Task> {
    const retirement = checkedRetirement(input, new Date());
    return this.dataSource.transaction(async (manager) => {
      const before = await lockedTask(manager, input.id);
      if (before.status === "RETIRED") return before;
      if (before.status === "TOKENIZING") {
        throw new DomainError(
          "FAILED_PRECONDITION",
          "A job is still preparing the task; retire it when that is over.",
        );
      }
      const { successorId } = retirement;
      if (successorId !== null && !(await manager.existsBy(Task, { id: successorId }))) {
        throw new DomainError("NOT_FOUND", "There is no Task with the id given.", {
          part: ["successorId"],
        });
      }
      await manager.update(Task, { id: input.id }, { status: "RETIRED", ...retirement });
      const after = await manager.findOneByOrFail(Task, { id: input.id });
      const subject = { type: "Task", id: input.id };
      await audit(manager, viewer, { action: "retireTask", subject, ...changedColumns(before, after)! });
      return after;
    });
  }

  /** Safe to repeat. Where the active spider's encoder has not seen the samples, a job is queued. @throws DomainError NOT_FOUND */
  async undo(taskId: string, viewer: Viewer): Promise<Task> {
    return this.dataSource.transaction(async (manager) => {
      const before = await lockedTask(manager, taskId);
      if (before.status !== "RETIRED") return before;
      const waits = before.sampleCount > 0 && !(await hasToken(manager, taskId));
      await manager.update(Task, { id: taskId }, { status: waits ? "TOKENIZING" : "READY", ...NOT_RETIRED });
      if (waits) await queueJob(manager, this.queue, { kind: "TOKENIZE_TASK", taskId });
      const after = await manager.findOneByOrFail(Task, { id: taskId });
      const subject = { type: "Task", id: taskId };
      await audit(manager, viewer, { action: "unretireTask", subject, ...changedColumns(before, after)! });
      return after;
    });
  }
}

async function lockedTask(manager: EntityManager, id: string): Promise<Task> {
  const task = await manager.findOne(Task, { where: { id }, lock: { mode: "pessimistic_write" } });
  if (task === null) {
    throw new DomainError("NOT_FOUND", "There is no Task with the id given.", { part: ["taskId"] });
  }
  return task;
}

async function hasToken(manager: EntityManager, taskId: string): Promise<boolean> {
  const spider = await manager.findOneBy(Spider, { active: true });
  if (spider === null) return manager.existsBy(TaskToken, { taskId });
  return manager.existsBy(TaskToken, { taskId, encoderSha256: spider.encoderSha256 });
}
