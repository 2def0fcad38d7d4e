import type { ParetoComparison } from "../ranking/pareto-comparison.js";
import type { CompareRequest } from "./pareto.worker.js";
import { RequestWorker } from "./request-worker.js";

/**
 * Compares PTMs on fitness and costs in a thread: fifty thousand of them take 40 ms, and longer where none beats another, and a
 * server's event loop must stay free. The thread starts with the first question.
 */
export class ParetoThread {
  #worker: RequestWorker | undefined;
  #closed = false;

  /**
   * As `comparePareto`, whose arrays these are; they are given away.
   *
   * @throws as `comparePareto`; Error when the thread has died or is closed
   */
  async compare(fitness: Float32Array, costs: readonly Float64Array[]): Promise<ParetoComparison> {
    if (this.#closed) throw new Error("paretoThread: closed");
    if (this.#worker === undefined || this.#worker.stopped) {
      this.#worker = new RequestWorker(
        "paretoThread",
        new URL("pareto.worker.js", import.meta.url),
        () => undefined, // it computes in plain JavaScript and warns of nothing
      );
    }
    const request: CompareRequest = { fitness, costs };
    const given = [fitness, ...costs].map(({ buffer }) => buffer as ArrayBuffer);
    return this.#worker.request<ParetoComparison>("compare", request, given);
  }

  /** Ends the thread after what it was asked before. May be called again. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#worker?.close();
  }
}
