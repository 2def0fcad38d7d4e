import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

/** @returns bytes of physical memory that a process holds, undefined when it is gone or the system does not tell */
export async function residentMemory(pid: number): Promise<number | undefined> {
  try {
    const text =
      process.platform === "linux"
        ? /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, "utf8"))?.[1]
        : (
            await promisify(execFile)("/bin/ps", ["-o", "rss=", "-p", String(pid)], { env: {} })
          ).stdout.trim();
    return text === undefined || text === "" ? undefined : Number(text) * 1024;
  } catch {
    return undefined; // the process ended between two looks, which its exit event tells
  }
}
