import type { Logger } from "../log.js";

/** What stops what was started: the last first. */
export class Closers {
  readonly #closers: (() => Promise<void>)[] = [];

  constructor(private readonly log: Logger) {}

  add(close: () => Promise<void>): void {
    this.#closers.push(close);
  }

  /** Stops everything, also after a failure. Safe to call twice. */
  async close(): Promise<void> {
    for (let close = this.#closers.pop(); close !== undefined; close = this.#closers.pop()) {
      await close().catch((error: unknown) => this.log.error({ error: String(error) }, "stopping"));
    }
  }
}
