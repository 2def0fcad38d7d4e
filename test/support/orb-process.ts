import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";

import { repositoryRoot } from "./paths.js";

const PROGRAM = fileURLToPath(new URL("dist/src/cli/main.js", repositoryRoot));

/** `orb <command>` as a process of its own, to be signalled and killed. */
export class OrbProcess {
  readonly #child: ChildProcess;
  /** How it ended. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  #stderr = "";
  #stdout = "";

  constructor(command: readonly string[], environment: Readonly<Record<string, string>>) {
    const { PATH = "", HOME = "" } = process.env;
    this.#child = spawn(process.execPath, [PROGRAM, ...command], {
      env: { PATH, HOME, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child.stdout?.on("data", (chunk: Buffer) => (this.#stdout += chunk.toString()));
    this.#child.stderr?.on("data", (chunk: Buffer) => (this.#stderr += chunk.toString()));
    this.ended = once(this.#child, "close").then(([code, signal]) => ({
      code: code as number | null,
      signal: signal as NodeJS.Signals | null,
    }));
  }

  get pid(): number {
    return this.#child.pid!;
  }

  get stderr(): string {
    return this.#stderr;
  }

  get stdout(): string {
    return this.#stdout;
  }

  /** Waits until it has written such a line on stderr; rejects if it ends first. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.#stderr);
      if (found !== null) return found;
      const gone = await Promise.race([once(this.#child.stderr!, "data"), this.ended.then(() => "gone")]);
      if (gone === "gone") throw new Error(`orb ended before it said ${pattern}: ${this.#stderr}`);
    }
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }
}

/** A TCP port that was free a moment ago, for a server that comes back at the same address. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
