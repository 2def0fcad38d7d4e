import { spawn } from "node:child_process";
import type { ServerUser } from "./server-user.js";

/**
 * The whole environment of the server's programs. Nothing is inherited: a PGDATA, PGOPTIONS or LC_* of the
 * caller's shell would change the cluster, and macOS refuses to start a postmaster without a locale.
 */
export const SERVER_ENVIRONMENT: Readonly<Record<string, string>> = { LC_ALL: "C", TZ: "UTC" };

export interface CommandOutcome {
  /** null if a signal ended it, or if it could not be started at all. */
  readonly exitCode: number | null;
  /** stdout and stderr in one, or why it could not be started. */
  readonly output: string;
}

/** Runs a short program to its end as the server's user; a failure is an outcome, never a rejection. */
export async function runCommand(
  file: string,
  args: readonly string[],
  user: ServerUser | undefined,
): Promise<CommandOutcome> {
  return await new Promise((resolve) => {
    // cwd is "/": ours may be a folder that the server's user cannot enter.
    const child = spawn(file, args, {
      ...user,
      cwd: "/",
      env: SERVER_ENVIRONMENT,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    const collect = (chunk: Buffer): void => {
      output += chunk.toString("utf8");
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    child.once("error", (error) => resolve({ exitCode: null, output: error.message }));
    child.once("close", (exitCode) => resolve({ exitCode, output: output.trim() }));
  });
}
