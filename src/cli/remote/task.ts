import process from "node:process";

import {
  everyItem,
  TaskByIdDocument,
  type TaskByIdQuery,
  type TaskPartsFragment,
  TasksDocument,
} from "orbweaver-client";

import { bringTask, type BringTaskOptions } from "./bring-task.js";
import { findTask } from "./find.js";
import { details, printJson, table } from "./output.js";
import type { ServerOptions } from "./server-options.js";
import { take } from "./take.js";
import { withServer } from "./with-server.js";

/** `orb task add` */
export async function addTaskCommand(what: string, options: ServerOptions & BringTaskOptions): Promise<void> {
  await withServer(options, async (orb, config) => {
    const { id } = await bringTask(orb, what, options, config);
    const { task } = await orb.ask(TaskByIdDocument, { id });
    if (options.json) printJson(task!);
    else process.stdout.write(`${describe(task!)}\n`);
  });
}

/** `orb task list` */
export async function listTasksCommand(options: ServerOptions & { limit: number }): Promise<void> {
  await withServer(options, async (orb) => {
    const all = everyItem(async (after) => (await orb.ask(TasksDocument, { first: 100, after })).tasks);
    const tasks = await take(all, options.limit);
    if (options.json) return printJson(...tasks);
    process.stdout.write(
      `${table<TaskPartsFragment>(
        [
          { title: "task", cell: ({ name }) => name },
          { title: "version", cell: ({ version }) => version, right: true },
          { title: "status", cell: ({ status }) => status },
          { title: "classes", cell: ({ classes }) => classes.length, right: true },
          { title: "samples", cell: ({ sampleCount }) => sampleCount || "private", right: true },
          { title: "added", cell: ({ createdAt }) => createdAt.slice(0, 10) },
          { title: "by", cell: ({ createdBy }) => createdBy },
        ],
        tasks,
      )}\n`,
    );
  });
}

/** `orb task show` */
export async function showTaskCommand(which: string, options: ServerOptions): Promise<void> {
  await withServer(options, async (orb) => {
    const { id } = await findTask(orb, which);
    const { task } = await orb.ask(TaskByIdDocument, { id });
    if (options.json) printJson(task!);
    else process.stdout.write(`${describe(task!)}\n`);
  });
}

function describe(task: NonNullable<TaskByIdQuery["task"]>): string {
  return details({
    name: task.name,
    version: task.version,
    status: task.statusReason === null ? task.status : `${task.status}: ${task.statusReason}`,
    classes: `${task.classes.length}: ${task.classes.slice(0, 10).join(", ")}${task.classes.length > 10 ? " ..." : ""}`,
    samples: task.sampleCount === 0 ? "private: class centres alone" : task.sampleCount,
    similar: task.similarTasks
      .map(({ distance, task: other }) => `${other.name}@${other.version} (${distance.toFixed(2)})`)
      .join(", "),
    added: `${task.createdAt} by ${task.createdBy}`,
    id: task.id,
  });
}
