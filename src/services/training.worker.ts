import { serveRequests } from "../engine/runtime/serve-requests.js";
import type { SessionOptions } from "../engine/runtime/session.js";
import { joinZoo, type JoiningInput } from "../engine/training/join-zoo.js";

/** The thread of a TrainingThread: learning holds the thread that it runs on. */
export interface JoinRequest {
  readonly input: JoiningInput;
  readonly executionProviders: SessionOptions["executionProviders"];
}

const warn = serveRequests(
  {
    join: async ({ input, executionProviders }: JoinRequest) => ({
      result: await joinZoo(input, {
        session: { executionProviders, onWarning: (warning) => warn(warning) },
      }),
    }),
  },
  async () => undefined,
);
