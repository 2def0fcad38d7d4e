import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { randomUUID } from "node:crypto";
import { isMarkAlive, processMark } from "../process-mark.js";

/**
 * Who uses the server, and who is about to stop it: empty files `<kind>.<process mark>.<random>` in one folder.
 * A file whose process is dead counts for nothing, so kill -9 needs no clean-up, and there is no lock to go stale.
 *
 * The rule that makes it safe: a user first writes its `use` file and then looks for `stop` files; a stopper first
 * writes its `stop` file and then looks for `use` files. Whatever the order in time, at least one sees the other:
 * the stopper then withdraws, the user waits until the stop file is gone.
 */
export type LeaseKind = "use" | "stop";

export interface Lease {
  release(): Promise<void>;
}

export async function takeLease(folder: string, kind: LeaseKind): Promise<Lease> {
  const name = `${kind}.${processMark(process.pid)}.${randomUUID()}`;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, name), "", { flag: "wx" });
  return { release: async () => await rm(join(folder, name), { force: true }) };
}

/** Whether a living process, this one included, holds a lease of this kind; clears dead ones away. */
export async function isLeaseHeld(folder: string, kind: LeaseKind): Promise<boolean> {
  let held = false;
  for (const name of await readdir(folder)) {
    const [nameKind, mark] = name.split(".");
    if (mark === undefined) continue;
    if (!isMarkAlive(mark)) await rm(join(folder, name), { force: true });
    else if (nameKind === kind) held = true;
  }
  return held;
}
