import type { SpiderParameters } from "../spider/spider.js";
import { RequestWorker } from "./request-worker.js";
import type { ZooFilePlan } from "./zoo-file-writer.js";
import type { BeginRequest, PutRequest } from "./zoo-file.worker.js";

/** PTMs that are fetched at a time: a few megabytes on the caller's thread. */
const FETCHED_ROWS = 2048;

export interface ZooFileContents extends ZooFilePlan {
  /**
   * Fetches tokens that the previous file does not hold, in float32, shape [rows, d]; the array is taken over.
   *
   * @param rows ascending rows of the file to be
   */
  readonly fetch: (rows: Int32Array) => Promise<Float32Array>;
}

/**
 * Writes a zoo file, in a thread of its own but for what `fetch` does. Of a zoo that has changed a little since the
 * previous file, only the new PTMs are fetched and computed; a PTM that went is left out.
 *
 * @returns how many PTMs were computed anew
 * @throws RangeError if the previous file is of another kind, or a token is out of its storage's range or not finite
 *
 * Cost: O(d^2) a new PTM, a copy of every other.
 */
export async function writeZooFile(
  path: string,
  spider: SpiderParameters,
  { fetch, ...plan }: ZooFileContents,
): Promise<number> {
  const script = new URL("zoo-file.worker.js", import.meta.url);
  const worker = new RequestWorker("writeZooFile", script, () => undefined);
  try {
    const begin: BeginRequest = { path, spider, plan };
    const missing = await worker.request<Int32Array>("begin", begin);
    for (let first = 0; first < missing.length; first += FETCHED_ROWS) {
      const rows = missing.slice(first, first + FETCHED_ROWS);
      const tokens = await fetch(rows);
      const put: PutRequest = { rows, tokens };
      await worker.request("put", put, [tokens.buffer as ArrayBuffer]);
    }
    await worker.request("finish", {});
    return missing.length;
  } finally {
    await worker.close();
  }
}
