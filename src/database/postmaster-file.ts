import { readFile } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { processMark } from "../process-mark.js";

/** What a running (or killed) PostgreSQL server wrote into `postmaster.pid`. */
export interface PostmasterFile {
  readonly pid: number;
  readonly socketFolder: string;
  readonly status: "starting" | "ready" | "stopping";
  /** Set if that very server runs; a zombie, or a process that merely got the same pid, is not it. */
  readonly mark: string | undefined;
}

/** @returns undefined if there is no such file, or if the server has not yet written all of it */
export async function readPostmasterFile(clusterFolder: string): Promise<PostmasterFile | undefined> {
  const text = await readFile(join(clusterFolder, "postmaster.pid"), "utf8").catch(() => "");
  // Lines: pid, data folder, start time, port, socket folder, TCP address, shared memory key, status.
  const lines = text.split("\n").map((line) => line.trim());
  const pid = Number(lines[0]);
  if (!(pid > 0)) return undefined;
  const status = lines[7] === "ready" || lines[7] === "stopping" ? lines[7] : "starting";
  const mark = isServerOf(pid, lines[1] ?? "") ? processMark(pid) : undefined;
  return { pid, socketFolder: lines[4] ?? "", status, mark };
}

/** Pids come back, in containers at once: believe the pid only if its command line names this data folder. */
function isServerOf(pid: number, dataFolder: string): boolean {
  if (process.platform !== "linux") return true;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").includes(dataFolder);
  } catch {
    return false;
  }
}
