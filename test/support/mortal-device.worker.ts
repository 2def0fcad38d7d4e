import { DeviceFailure } from "../../src/engine/runtime/device-failure.js";
import { serveRequests } from "../../src/engine/runtime/serve-requests.js";

/** Stands for a zoo scorer's worker on a device that takes every zoo and fails at every question, or hangs. */
serveRequests(
  {
    open: async () => ({ result: undefined }),
    change: async () => ({ result: undefined }),
    note: async () => ({ result: undefined }),
    forget: async () => ({ result: undefined }),
    best: () => {
      process.kill(process.pid, "SIGKILL");
      return new Promise(() => undefined);
    },
    scoreReranked: () => new Promise(() => undefined),
    score: () => Promise.reject(new DeviceFailure("out of memory")),
  },
  () => Promise.resolve(),
);
