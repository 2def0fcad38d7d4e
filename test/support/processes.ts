import { execFileSync } from "node:child_process";

function list(): { pid: number; parent: number; isZombie: boolean; name: string }[] {
  return execFileSync("ps", ["-A", "-o", "pid=,ppid=,stat=,comm="], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((line) => {
      const [pid, parent, state = "", name = ""] = line.trim().split(/\s+/);
      return { pid: Number(pid), parent: Number(parent), isZombie: state.startsWith("Z"), name };
    });
}

/** The running children of a process, without the `ps` that lists them. */
export function childrenOf(parent: number): number[] {
  return list()
    .filter((process) => process.parent === parent && !process.isZombie && process.name !== "ps")
    .map(({ pid }) => pid);
}

export function isRunning(pid: number): boolean {
  return list().some((process) => process.pid === pid && !process.isZombie);
}
