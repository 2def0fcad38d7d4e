import type { SandboxProcess } from "./sandbox-process.js";

/**
 * Processes that were started before anybody needs them: starting node and ONNX Runtime takes longer (0.1 s and more) than
 * most PTMs take for a small task. Each is handed out once and never comes back, so every model still has a process of
 * its own.
 */
export class SpareProcesses {
  readonly #spares: Promise<SandboxProcess>[] = [];
  #closed = false;

  /**
   * @param start starts one
   * @param count how many to hold at most; each takes about 60 MiB while it waits, two thirds of them shared with the others
   */
  constructor(
    private readonly start: () => Promise<SandboxProcess>,
    private readonly count: number,
  ) {}

  /**
   * A spare process, or one that starts now. It is the caller's to close. With the last spare the next one starts: whoever
   * comes then waits for less.
   */
  async take(): Promise<SandboxProcess> {
    const spare = this.#spares.shift();
    if (this.#spares.length === 0) this.refill();
    const process = await spare?.catch(() => undefined);
    if (process?.isAlive) return process;
    await process?.close();
    return this.start();
  }

  /** Starts one more spare if fewer than `count` are there. @returns whether it did */
  refill(): boolean {
    if (this.#closed || this.#spares.length >= this.count) return false;
    const spare = this.start();
    spare.catch(() => undefined); // told to the one who takes it
    this.#spares.push(spare);
    return true;
  }

  /** Ends the spares; nothing is kept from now on. */
  async close(): Promise<void> {
    this.#closed = true;
    const spares = this.#spares.splice(0);
    await Promise.all(
      spares.map((spare) =>
        spare.then(
          (process) => process.close(),
          () => undefined,
        ),
      ),
    );
  }
}
