import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { Socket } from "node:net";
import { fileURLToPath } from "node:url";

import type { LauncherOrder } from "./launcher.js";
import type { ChildEnd, ChildOrder, StartedChild } from "./start-child.js";

type LauncherAnswer =
  | { readonly kind: "started"; readonly id: number; readonly pid: number | undefined }
  | { readonly kind: "ended"; readonly id: number; readonly end: ChildEnd };

interface Launched {
  readonly started: (pid: number | undefined, pipe: Socket | undefined) => void;
  readonly ended: (end: ChildEnd) => void;
}

const LOST: ChildEnd = { code: null, signal: null, lastWords: "", isLost: true };

/**
 * Starts sandboxes in a small process of its own (launcher.ts), which starts with the first of them. They end with that
 * process, it ends with this one.
 */
export class SandboxLauncher {
  #process: ChildProcess | undefined;
  #launched = new Map<number, Launched>();
  #count = 0;

  /** Never rejects: a child that could not be started has ended. */
  start(order: ChildOrder): Promise<StartedChild> {
    const id = this.#count++;
    this.#process ??= this.#launch();
    return new Promise((resolve) => {
      let tell!: (end: ChildEnd) => void;
      const ended = new Promise<ChildEnd>((resolve) => (tell = resolve));
      const started: Launched["started"] = (pid, pipe) =>
        resolve({ pid, pipe, ended, kill: () => this.#say({ kind: "kill", id }) });
      this.#launched.set(id, {
        started,
        ended: (end) => {
          tell(end);
          started(undefined, undefined); // changes nothing if it was started
        },
      });
      this.#say({ kind: "start", id, ...order });
    });
  }

  /** Ends the process, and every sandbox with it. */
  async close(): Promise<void> {
    const launcher = this.#process;
    if (launcher === undefined) return;
    const closed = once(launcher, "close");
    launcher.kill("SIGKILL");
    await closed;
  }

  #say(order: LauncherOrder): void {
    this.#process?.send(order, () => undefined); // one that is gone is told by its end
  }

  #hear(answer: LauncherAnswer, pipe: Socket | undefined): void {
    const launched = this.#launched.get(answer.id);
    if (answer.kind === "started") return launched?.started(answer.pid, pipe);
    this.#launched.delete(answer.id);
    launched?.ended(answer.end);
  }

  #launch(): ChildProcess {
    const launcher = fork(fileURLToPath(new URL("./launcher.js", import.meta.url)), {
      env: {},
      execArgv: [],
      detached: true, // Ctrl-C is for the server, which ends it
      stdio: ["pipe", "ignore", "inherit", "ipc"], // the pipe is never written to: its end is the end of this process
    });
    launcher.on("message", (answer: LauncherAnswer, pipe: unknown) =>
      this.#hear(answer, pipe as Socket | undefined),
    );
    launcher.on("error", () => undefined); // told by its end
    launcher.stdin?.on("error", () => undefined);
    launcher.once("close", () => {
      this.#process = undefined;
      const lost = this.#launched;
      this.#launched = new Map();
      for (const { ended } of lost.values()) ended(LOST);
    });
    return launcher;
  }
}
