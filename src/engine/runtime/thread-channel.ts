import { Worker } from "node:worker_threads";

import { CLOSE } from "./worker-channel.js";
import type { OpenChannel } from "./worker-channel.js";

/** Workers compute on arrays that live elsewhere: a nursery of V8's usual 48 MB would fill up with what describes them. */
const NURSERY_MB = 4;

/**
 * The other half as a thread of this process. It is asked to leave and never terminated: `terminate()` waits for native
 * code, and cannot stop it.
 */
export const openThread: OpenChannel = (name, script, { onReply, onFailure, onEnd }) => {
  // Flags of the main thread such as --eval or --test mean nothing to the script, or forbid it.
  const worker = new Worker(script, {
    name,
    execArgv: [],
    resourceLimits: { maxYoungGenerationSizeMb: NURSERY_MB },
  });
  worker.on("message", onReply);
  worker.on("error", (cause) => onFailure(`its worker thread failed: ${cause.message}`, cause));
  worker.on("exit", (code) => onEnd(`its worker thread ended with code ${code}`));
  return {
    post: (request, transfer) => worker.postMessage(request, transfer),
    keepAlive: (on) => (on ? worker.ref() : worker.unref()),
    abandon: () => worker.postMessage({ id: -1, kind: CLOSE, payload: undefined }, []),
  };
};
