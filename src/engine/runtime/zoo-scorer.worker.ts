import "./full-precision.js";
import type { Matrix } from "../matrix.js";
import type { SpiderParameters } from "../spider/spider.js";
import type { ExecutionProvider } from "./execution-providers.js";
import type { ZooChanges } from "./kept-zoo.js";
import { serveRequests } from "./serve-requests.js";
import { requireTrusted } from "./trusted-provider.js";
import { openZooFile } from "./zoo-file.js";
import type { ZooFile } from "./zoo-file.js";
import { ZooSessions } from "./zoo-sessions.js";
import type { BestQuestion, RerankedPtm } from "./zoo-sessions.js";

/** The worker of a ZooScorer and of those made from it: holds their zoos and runs every graph. */
export interface OpenRequest {
  readonly spider: SpiderParameters;
  /** theta [M, d], or the path of a zoo file, which goes straight into this worker's memory. */
  readonly zoo: Matrix | string;
  readonly provider: ExecutionProvider;
}

export interface ChangeRequest extends ZooChanges {
  /** The number of the zoo to be; that of the opened one is 0. */
  readonly zoo: number;
}

interface OfZoo {
  readonly zoo: number;
}

const zoos = new Map<number, ZooSessions>();
let original: ZooSessions | undefined;
let file: ZooFile | undefined;

function zooOf({ zoo }: OfZoo): ZooSessions {
  const sessions = zoos.get(zoo);
  if (sessions === undefined) throw new TypeError(`zooScorer: zoo ${zoo} is not open`);
  return sessions;
}

async function answer(
  fitness: Promise<Float32Array>,
): Promise<{ result: Float32Array; transfer: [ArrayBuffer] }> {
  const result = await fitness;
  return { result, transfer: [result.buffer as ArrayBuffer] };
}

serveRequests(
  {
    check: async ({ provider }: Pick<OpenRequest, "provider">) => ({
      result: await requireTrusted(provider),
    }),
    open: async ({ spider, zoo, provider }: OpenRequest) => {
      await requireTrusted(provider);
      file = typeof zoo === "string" ? await openZooFile(zoo) : undefined;
      original = await ZooSessions.open(spider, file ?? (zoo as Matrix), provider);
      zoos.set(0, original);
      return { result: undefined };
    },
    change: async ({ zoo, added, order }: ChangeRequest) => {
      if (original === undefined) throw new TypeError("zooScorer: open the zoo first");
      zoos.set(zoo, await original.changed({ added, order }));
      return { result: undefined };
    },
    forget: async ({ zoo }: OfZoo) => {
      await zoos.get(zoo)?.forget();
      zoos.delete(zoo);
      return { result: undefined };
    },
    score: (request: OfZoo & { taskToken: Matrix }) => answer(zooOf(request).score(request.taskToken)),
    scoreMany: async (request: OfZoo & { taskTokens: readonly Matrix[] }) => {
      const result = await zooOf(request).scoreMany(request.taskTokens);
      return { result, transfer: result.map(({ buffer }) => buffer as ArrayBuffer) };
    },
    best: async (request: OfZoo & { questions: readonly BestQuestion[] }) => ({
      result: await zooOf(request).best(request.questions),
    }),
    scoreReranked: (request: OfZoo & { taskToken: Matrix; ptms: readonly RerankedPtm[] }) =>
      answer(zooOf(request).scoreReranked(request.taskToken, request.ptms)),
  },
  async () => {
    await original?.release();
    await file?.close();
  },
);
