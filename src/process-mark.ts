import { readFileSync } from "node:fs";

/**
 * A name for one running process, `<pid>-<start>`, that stays wrong for a later process with the same pid.
 *
 * Why not the pid alone: in a container the same small pids come back after every restart, and a file left by a
 * killed process would look as if its owner lived. The start (clock ticks since boot, field 22 of
 * /proc/PID/stat) tells them apart. Where there is no /proc (macOS) the start is 0 and the pid has to do.
 *
 * @returns undefined if no such process runs; a zombie runs no more, though signal 0 still reaches it
 */
export function processMark(pid: number): string | undefined {
  if (process.platform !== "linux") return answersSignal(pid) ? `${pid}-0` : undefined;
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return undefined;
  }
  // The command name stands in parentheses and may hold spaces and parentheses itself: count from the last one.
  const [state, ...rest] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return state === "Z" || state === "X" ? undefined : `${pid}-${rest[18]}`;
}

/** Whether the process that once got this mark still runs. */
export function isMarkAlive(mark: string): boolean {
  const pid = Number.parseInt(mark, 10);
  return pid > 0 && processMark(pid) === mark;
}

function answersSignal(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
