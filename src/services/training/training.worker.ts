import { serveRequests } from "../../engine/runtime/serve-requests.js";
import type { SessionOptions } from "../../engine/runtime/session.js";
import { type Checkpoint, checkpointFile, readCheckpoint } from "../../engine/training/checkpoint.js";
import { joinZoo, type JoiningInput } from "../../engine/training/join-zoo.js";
import type { CurvePoint } from "../../engine/training/training-curve-svg.js";
import type { TrainingPool } from "../../engine/training/training-pool.js";
import type { SourceOutcomes } from "../../entities/spider-training.js";
import { trainEpochs, type TrainedSpider, type ZooRecipe } from "./train-zoo-spider.js";

/** The thread of a TrainingThread: learning holds the thread that it runs on. */
export interface JoinRequest {
  readonly input: JoiningInput;
  readonly executionProviders: SessionOptions["executionProviders"];
}

export interface TrainRequest {
  readonly pool: TrainingPool;
  readonly recipe: ZooRecipe;
  readonly outcomes: readonly SourceOutcomes[];
  /** A checkpoint file to go on from. */
  readonly checkpoint: Uint8Array | null;
  readonly executionProviders: SessionOptions["executionProviders"];
  /** One number in shared memory, 0 until the training shall stop: requests wait for each other, this does not. */
  readonly stop: Int32Array;
}

/** What one more epoch of training gave. */
export type TrainingStep =
  | { readonly point: CurvePoint; readonly checkpoint: Uint8Array }
  | { readonly trained: Omit<TrainedSpider, "curve"> };

/** How often a training looks whether it shall stop. */
const LOOK_MS = 100;

let training: ReturnType<typeof trainEpochs> | undefined;

const warn = serveRequests(
  {
    join: async ({ input, executionProviders }: JoinRequest) => ({
      result: await joinZoo(input, {
        session: { executionProviders, onWarning: (warning) => warn(warning) },
      }),
    }),
    train: async (request: TrainRequest) => {
      training = begin(request);
      return { result: undefined };
    },
    epoch: async () => {
      const { done, value } = await training!.next();
      const result: TrainingStep = done === true ? { trained: value } : shown(value);
      return { result };
    },
  },
  async () => void (await training?.return(undefined as never)),
);

function begin({ pool, recipe, outcomes, checkpoint, executionProviders, stop }: TrainRequest) {
  const stopping = new AbortController();
  setInterval(() => {
    if (Atomics.load(stop, 0) !== 0) stopping.abort(new Error("the training was stopped"));
  }, LOOK_MS).unref();
  return trainEpochs(pool, recipe, outcomes, {
    session: { executionProviders, onWarning: (warning) => warn(warning) },
    ...(checkpoint && { resumeFrom: readCheckpoint(checkpoint) }),
    signal: stopping.signal,
  });
}

function shown({ point, checkpoint }: { point: CurvePoint; checkpoint: Checkpoint }): TrainingStep {
  return { point, checkpoint: checkpointFile(checkpoint) };
}
