import { stat } from "node:fs/promises";
import { basename, extname, resolve } from "node:path";

import { AddTaskDocument, made, type OrbClient, OrbError, type TaskPartsFragment } from "orbweaver-client";

import type { Config } from "../../config.js";
import { DomainError } from "../../errors.js";
import { ProgressBar } from "../progress-bar.js";
import { findTask } from "./find.js";
import { waitWithBar } from "./job-bar.js";
import { say } from "./output.js";

export interface BringTaskOptions {
  /** What the task is called; without it, as its folder or file. */
  readonly name?: string;
  /** Whether the samples stay here and class centres alone are sent. */
  readonly private?: boolean;
  /** Side in pixels that images are scaled to. */
  readonly size?: number;
}

const ARCHIVES: ReadonlySet<string> = new Set([".zip", ".npz"]);

/**
 * The task that somebody means: a folder of class folders or an archive, which is added unless it is there, or the name or
 * id of a task. Waits until it can be ranked.
 *
 * A folder whose images changed is the next version of its task, so that nobody need think of names.
 */
export async function bringTask(
  orb: OrbClient,
  what: string,
  options: BringTaskOptions,
  config: Config,
): Promise<TaskPartsFragment> {
  const found = await stat(what).catch(() => undefined);
  if (found === undefined || (found.isFile() && !ARCHIVES.has(extname(what)))) {
    const task = await findTask(orb, what).catch((error: unknown) => {
      throw isMissing(error) ? (noPath(what, found !== undefined) ?? error) : error;
    });
    await waitWithBar(orb, task.job, `task ${task.name}`);
    return task;
  }
  const name = options.name ?? basename(resolve(what), found.isFile() ? extname(what) : "");
  const add = (archive: string): Promise<TaskPartsFragment> => addTask(orb, name, archive, options, config);
  const task = found.isDirectory() ? await addFolder(what, options.size, add) : await add(what);
  say(`task ${task.name}, version ${task.version}`);
  await waitWithBar(orb, task.job, `task ${task.name}`);
  return task;
}

function isMissing(error: unknown): boolean {
  return error instanceof OrbError && error.code === "NOT_FOUND";
}

/** What is wrong with what no task is called, where it looks like a path. */
function noPath(what: string, isFile: boolean): DomainError | undefined {
  if (isFile) {
    return new DomainError(
      "BAD_USER_INPUT",
      `${what} is neither a folder of class folders nor a .zip or .npz.`,
    );
  }
  if (!/[\\/]/.test(what)) return undefined;
  return new DomainError("NOT_FOUND", `There is no folder, archive or task ${what}.`);
}

/** Image decoders and runtimes are loaded only where they are needed: other commands start sooner. */
async function addFolder(
  folder: string,
  size: number | undefined,
  add: (archive: string) => Promise<TaskPartsFragment>,
): Promise<TaskPartsFragment> {
  const { withArchiveOf } = await import("./task-archive.js");
  return withArchiveOf(folder, size, add);
}

async function addTask(
  orb: OrbClient,
  name: string,
  archive: string,
  options: BringTaskOptions,
  config: Config,
): Promise<TaskPartsFragment> {
  const content = options.private
    ? { centres: await (await import("./private-centres.js")).privateCentres(orb, archive, config) }
    : { artifact: await uploadWithBar(orb, archive) };
  const { addTask } = await orb.ask(AddTaskDocument, { input: { name, newVersion: true, ...content } });
  return made(addTask, "task");
}

/** Uploads a file with a progress bar, which does not appear for what the server holds already. */
export async function uploadWithBar(orb: OrbClient, path: string): Promise<string> {
  const { size } = await stat(path).catch((cause: unknown) => {
    throw new DomainError("NOT_FOUND", `There is no readable file ${path}.`, { cause });
  });
  let bar: ProgressBar | undefined;
  const digest = await orb.uploadFile(path, (sent) => {
    bar ??= new ProgressBar("uploading");
    bar.update(Math.round((100 * sent) / size), 100);
  });
  bar?.end();
  return digest;
}
