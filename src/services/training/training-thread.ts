import { RequestWorker } from "../../engine/runtime/request-worker.js";
import type { SessionOptions } from "../../engine/runtime/session.js";
import type { Joined, JoiningInput } from "../../engine/training/join-zoo.js";
import type { JoinRequest, TrainingStep, TrainRequest } from "./training.worker.js";

/** Learning in a thread of its own, so that the server's event loop stays free; one thread a piece of work. */
export class TrainingThread {
  constructor(private readonly session: SessionOptions) {}

  /** joinZoo in a thread; its errors come back as they are. */
  async join(input: JoiningInput): Promise<Joined> {
    const worker = this.#start();
    try {
      const { executionProviders } = this.session;
      return await worker.request<Joined>("join", { input, executionProviders } satisfies JoinRequest);
    } finally {
      await worker.close();
    }
  }

  /**
   * Trains, epoch by epoch; the last step holds the spider.
   *
   * @param signal stops the training within a second, with its reason
   */
  async *train(
    request: Omit<TrainRequest, "executionProviders" | "stop">,
    signal: AbortSignal,
  ): AsyncGenerator<TrainingStep, void, void> {
    const worker = this.#start();
    const stop = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    const onAbort = (): void => void Atomics.store(stop, 0, 1);
    signal.addEventListener("abort", onAbort);
    try {
      signal.throwIfAborted();
      const { executionProviders } = this.session;
      await worker.request("train", { ...request, executionProviders, stop } satisfies TrainRequest);
      for (;;) {
        const step = await worker.request<TrainingStep>("epoch", undefined);
        yield step;
        if ("trained" in step) return;
      }
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener("abort", onAbort);
      onAbort();
      await worker.close();
    }
  }

  #start(): RequestWorker {
    const script = new URL("training.worker.js", import.meta.url);
    return new RequestWorker("training", script, this.session.onWarning);
  }
}
