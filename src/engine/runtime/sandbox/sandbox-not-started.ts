import type { ModelFailure } from "./model-failure.js";

/** A process for models ended before it took one: a fault of the machine or the installation, which may pass. */
export class SandboxNotStarted extends Error {
  override readonly name = "SandboxNotStarted";

  constructor(cause: ModelFailure) {
    super(`no process for models could be started: ${cause.message}`, { cause });
  }
}
