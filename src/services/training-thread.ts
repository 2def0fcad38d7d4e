import { RequestWorker } from "../engine/runtime/request-worker.js";
import type { SessionOptions } from "../engine/runtime/session.js";
import type { Joined, JoiningInput } from "../engine/training/join-zoo.js";
import type { JoinRequest } from "./training.worker.js";

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

  #start(): RequestWorker {
    const script = new URL("training.worker.js", import.meta.url);
    return new RequestWorker("training", script, this.session.onWarning);
  }
}
