import type { SpiderParameters } from "../spider/spider.js";
import { serveRequests } from "./serve-requests.js";
import { ZooFileWriter } from "./zoo-file-writer.js";
import type { ZooFilePlan } from "./zoo-file-writer.js";

/** The thread of one writeZooFile. */
export interface BeginRequest {
  readonly path: string;
  readonly spider: SpiderParameters;
  readonly plan: ZooFilePlan;
}

export interface PutRequest {
  readonly rows: Int32Array;
  readonly tokens: Float32Array;
}

let writer: ZooFileWriter | undefined;

function begun(): ZooFileWriter {
  if (writer === undefined) throw new TypeError("writeZooFile: begin the file first");
  return writer;
}

serveRequests(
  {
    begin: async ({ path, spider, plan }: BeginRequest) => {
      writer = await ZooFileWriter.begin(path, spider, plan);
      return { result: writer.missing };
    },
    put: async ({ rows, tokens }: PutRequest) => ({ result: await begun().put(rows, tokens) }),
    finish: async () => ({ result: await begun().finish() }),
  },
  async () => writer?.close(),
);
