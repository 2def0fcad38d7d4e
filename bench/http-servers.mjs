import { fork } from "node:child_process";

/** A server of this folder in a process of its own, as it would run for others. */
export class ServerProcess {
  /** @param script forks, and calls reportTo */
  static start(script, env = {}) {
    return new Promise((resolve, reject) => {
      const child = fork(new URL(script, import.meta.url), [], {
        env: { ...process.env, NODE_ENV: "production", ...env },
      });
      child.once("message", (target) => resolve(new ServerProcess(child, target)));
      child.once("exit", (code) => reject(new Error(`${script} ended with code ${code}`)));
    });
  }

  constructor(child, target) {
    this.child = child;
    /** What to ask it, and where. */
    this.target = target;
  }

  /** @param kind a message that reportTo answers */
  ask(kind) {
    return new Promise((resolve) => {
      this.child.once("message", resolve);
      this.child.send(kind);
    });
  }

  stop() {
    this.child.kill("SIGTERM");
  }
}
