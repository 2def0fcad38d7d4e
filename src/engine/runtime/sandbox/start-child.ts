import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import type { Socket } from "node:net";

/** V8's own heap in the child; models and tensors live outside it. */
const HEAP_MEGABYTES = 128;

/** Of the child's standard error only the end is kept: enough for the last words of a crash. */
const KEPT_LAST_WORDS = 4096;

/** Of util-linux: makes the kernel end a process with its parent. */
const SETPRIV = "/usr/bin/setpriv";

/**
 * Sets the limits, then becomes node. RLIMIT_DATA stops allocations before they hurt the machine; no core dumps; no
 * byte written to any file. `ulimit -d` of every sh counts in kibibytes. A shell exports PWD and the like: env drops them.
 */
const WITH_LIMITS = 'ulimit -d "$0" && ulimit -c 0 && ulimit -f 0 && exec "$@"';

/** What a child shall be. */
export interface ChildOrder {
  /** Path of a module that speaks frames.ts on file descriptor 3. */
  readonly script: string;
  readonly memoryBytes: number;
  /** Where it works: empty. */
  readonly directory: string;
}

/** How a child ended. `isLost`: not by itself, and not for anything that it did. */
export interface ChildEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly lastWords: string;
  /** Why there never was a process. */
  readonly notStarted?: string;
  readonly isLost?: boolean;
}

/** A child, whoever is its parent. */
export interface StartedChild {
  readonly pid: number | undefined;
  /** None if it never started. */
  readonly pipe: Socket | undefined;
  /** Never rejects. */
  readonly ended: Promise<ChildEnd>;
  /** SIGKILL. */
  kill(): void;
}

/** Starts a child of this process that ends with it, whatever it does. */
export function startChild({ script, memoryBytes, directory }: ChildOrder): StartedChild {
  const isLinux = process.platform === "linux";
  const endsWithParent = isLinux && existsSync(SETPRIV);
  const node = [process.execPath, `--max-old-space-size=${HEAP_MEGABYTES}`, script] as const;
  const guarded = endsWithParent
    ? [SETPRIV, "--pdeathsig", "KILL", "/usr/bin/env", "-i", ...node]
    : ["/usr/bin/env", "-i", ...node, "lifeline"];
  const [command, ...rest] = isLinux
    ? ["/bin/sh", "-c", WITH_LIMITS, String(Math.floor(memoryBytes / 1024)), ...guarded]
    : [...node, "lifeline"];
  const child = spawn(command, rest, {
    cwd: directory,
    env: {},
    stdio: ["pipe", "ignore", "pipe", "pipe"],
    detached: true, // Ctrl-C in the parent's terminal must not look like a crash of the model
  });
  let lastWords = "";
  // No streams, where the limits of this process let none be started.
  child.stdin?.on("error", () => undefined);
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    lastWords = (lastWords + text).slice(-KEPT_LAST_WORDS);
  });
  const ended = new Promise<ChildEnd>((resolve) => {
    child.once("error", ({ message }) =>
      resolve({ code: null, signal: null, lastWords, notStarted: message }),
    );
    // "close" and not "exit": by then standard error was read to its end.
    child.once("close", (code, signal) => resolve({ code, signal, lastWords }));
  });
  const pipe = child.stdio?.[3] as Socket | undefined;
  return { pid: child.pid, pipe, ended, kill: () => void child.kill("SIGKILL") };
}
