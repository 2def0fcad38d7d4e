import type { Matrix } from "../matrix.js";
import type { SpiderParameters } from "../spider/spider.js";
import type { ExecutionProvider } from "./execution-providers.js";
import { serveRequests } from "./serve-requests.js";
import type { SessionOptions } from "./session.js";
import { openZooFile } from "./zoo-file.js";
import type { ZooFile } from "./zoo-file.js";
import { ZooSessions } from "./zoo-sessions.js";
import type { RerankedPtm } from "./zoo-sessions.js";

/** The thread of a ZooScorer: holds its index and runs every graph. */
export interface OpenRequest {
  readonly spider: SpiderParameters;
  /** theta [M, d], or the path of a zoo file, which goes straight into this thread's memory. */
  readonly zoo: Matrix | string;
  readonly executionProviders: readonly ExecutionProvider[];
}

interface BestRequest {
  readonly taskToken: Matrix;
  readonly k: number;
  readonly admitted: Uint8Array | undefined;
}

let index: ZooSessions | undefined;
let file: ZooFile | undefined;

function opened(): ZooSessions {
  if (index === undefined) throw new TypeError("zooScorer: open the index first");
  return index;
}

async function answer(
  fitness: Promise<Float32Array>,
): Promise<{ result: Float32Array; transfer: [ArrayBuffer] }> {
  const result = await fitness;
  return { result, transfer: [result.buffer as ArrayBuffer] };
}

const warn = serveRequests(
  {
    open: async ({ spider, zoo, executionProviders }: OpenRequest) => {
      const options: SessionOptions = { executionProviders, onWarning: (message) => warn(message) };
      file = typeof zoo === "string" ? await openZooFile(zoo) : undefined;
      index = await ZooSessions.open(spider, file ?? (zoo as Matrix), options);
      return { result: index.provider };
    },
    score: ({ taskToken }: { taskToken: Matrix }) => answer(opened().score(taskToken)),
    scoreMany: async ({ taskTokens }: { taskTokens: readonly Matrix[] }) => {
      const result = await opened().scoreMany(taskTokens);
      return { result, transfer: result.map(({ buffer }) => buffer as ArrayBuffer) };
    },
    best: async ({ taskToken, k, admitted }: BestRequest) => ({
      result: await opened().best(taskToken, k, admitted),
    }),
    scoreReranked: ({ taskToken, ptms }: { taskToken: Matrix; ptms: readonly RerankedPtm[] }) =>
      answer(opened().scoreReranked(taskToken, ptms)),
  },
  async () => {
    await index?.release();
    await file?.close();
  },
);
