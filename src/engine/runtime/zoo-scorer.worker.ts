import "./full-precision.js";
import type { Matrix } from "../matrix.js";
import type { Companion, SpiderParameters } from "../spider/spider.js";
import { CompanionSessions } from "./companion-sessions.js";
import type { ExecutionProvider } from "./execution-providers.js";
import type { ZooChanges } from "./kept-zoo.js";
import { type BestQuestion, type Prior, RankedZoo, type ZooNotes } from "./ranked-zoo.js";
import { serveRequests } from "./serve-requests.js";
import { requireTrusted } from "./trusted-provider.js";
import { openZooFile } from "./zoo-file.js";
import type { ZooFile } from "./zoo-file.js";
import { ZooSessions } from "./zoo-sessions.js";
import type { RerankedPtm } from "./zoo-sessions.js";

/** The worker of a ZooScorer and of those made from it: holds their zoos and runs every graph. */
export interface OpenRequest {
  readonly spider: SpiderParameters;
  readonly companions: readonly Companion[];
  /** theta [M, d], or the path of a zoo file, which goes straight into this worker's memory. */
  readonly zoo: Matrix | string;
  readonly provider: ExecutionProvider;
}

/** Which of the worker's zoos a request is about; that of the opened one is 0. */
export interface OfZoo {
  readonly zoo: number;
}

interface Held {
  readonly sessions: ZooSessions;
  readonly ranked: RankedZoo;
}

const zoos = new Map<number, Held>();
let original: Held | undefined;
let companionSessions: CompanionSessions | undefined;
let file: ZooFile | undefined;

function zooOf({ zoo }: OfZoo): Held {
  const held = zoos.get(zoo);
  if (held === undefined) throw new TypeError(`zooScorer: zoo ${zoo} is not open`);
  return held;
}

function hold(zoo: number, sessions: ZooSessions): Held {
  const held = { sessions, ranked: new RankedZoo(sessions, companionSessions!) };
  zoos.set(zoo, held);
  return held;
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
    open: async ({ spider, companions, zoo, provider }: OpenRequest) => {
      await requireTrusted(provider);
      file = typeof zoo === "string" ? await openZooFile(zoo) : undefined;
      companionSessions = await CompanionSessions.open(companions);
      original = hold(0, await ZooSessions.open(spider, file ?? (zoo as Matrix), provider));
      return { result: undefined };
    },
    change: async ({ zoo, added, order }: OfZoo & ZooChanges) => {
      if (original === undefined) throw new TypeError("zooScorer: open the zoo first");
      hold(zoo, await original.sessions.changed({ added, order }));
      return { result: undefined };
    },
    note: async ({ zoo, ...notes }: OfZoo & ZooNotes) => {
      zooOf({ zoo }).ranked.note(notes);
      return { result: undefined };
    },
    forget: async ({ zoo }: OfZoo) => {
      await zoos.get(zoo)?.sessions.forget();
      zoos.delete(zoo);
      return { result: undefined };
    },
    score: ({ taskToken, prior, ...ofZoo }: OfZoo & { taskToken: Matrix; prior?: Prior }) =>
      answer(zooOf(ofZoo).ranked.score(taskToken, prior)),
    best: async ({ questions, ...ofZoo }: OfZoo & { questions: readonly BestQuestion[] }) => ({
      result: await zooOf(ofZoo).ranked.best(questions),
    }),
    scoreReranked: ({
      taskToken,
      ptms,
      ...ofZoo
    }: OfZoo & { taskToken: Matrix; ptms: readonly RerankedPtm[] }) =>
      answer(zooOf(ofZoo).sessions.scoreReranked(taskToken, ptms)),
  },
  async () => {
    await original?.sessions.release();
    await companionSessions?.release();
    await file?.close();
  },
);
