import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";

import { requireFinite } from "../matrix.js";
import { PTM_SCALARS } from "../spider/gram-graph.js";
import type { SpiderParameters } from "../spider/spider.js";
import { readTokens, storeTokens } from "../spider/token-storage.js";
import { FoldedSpider, requireScalars } from "./folded-spider.js";
import { DIGEST_BYTES, ID_BYTES, zooFileParts } from "./zoo-file.js";
import type { ZooFile, ZooFileHeader, ZooFilePart } from "./zoo-file.js";

/** PTMs that are written at a time: bounds the memory of a build. */
const CHUNK_ROWS = 4096;

export interface ZooFileContents {
  readonly header: ZooFileHeader;
  /** Ascending, ID_BYTES each. */
  readonly ids: Uint8Array;
  /** DIGEST_BYTES each: says which token of the PTM it is. */
  readonly digests: Uint8Array;
  /**
   * Fetches tokens that the previous file does not hold, in float32, shape [positions, d].
   *
   * @param positions ascending rows of the file to be
   */
  readonly fetch: (positions: Int32Array) => Promise<Float32Array>;
  /** A file of the same spider and storage: what it has of the same digest is copied, not computed. */
  readonly previous?: ZooFile | undefined;
}

/**
 * Writes a zoo file. Of a zoo that has changed a little since the previous file, only the new PTMs are fetched and
 * computed; a PTM that went is left out.
 *
 * @returns how many PTMs were computed anew
 * @throws RangeError if the previous file is of another kind, or a token is out of its storage's range or not finite
 *
 * Cost: O(d^2) a new PTM, a copy of every other.
 */
export async function writeZooFile(
  path: string,
  spider: SpiderParameters,
  { header, ids, digests, fetch, previous }: ZooFileContents,
): Promise<number> {
  requireSameKind(header, previous);
  const known = previous ? positionsById(previous) : new Map<string, number>();
  const { start, parts, bytes } = zooFileParts(header);
  const folded = await FoldedSpider.open(spider, () => undefined);
  const file = await open(path, "wx");
  try {
    await file.truncate(bytes);
    await file.write(start, 0, start.length, 0);
    await writePart(file, parts.ids.offset, ids);
    await writePart(file, parts.digests.offset, digests);
    let computed = 0;
    for (let first = 0; first < header.rows; first += CHUNK_ROWS) {
      const end = Math.min(first + CHUNK_ROWS, header.rows);
      const chunk = await makeChunk(first, end);
      computed += chunk.computed;
      for (const name of ["scales", "scalars", "tokens", "exact"] as const) {
        const offset = parts[name].offset + (parts[name].bytes / header.rows) * first;
        await writePart(file, offset, chunk.parts[name]);
      }
    }
    await file.sync();
    return computed;
  } finally {
    await file.close();
    await folded.release();
  }

  async function makeChunk(
    first: number,
    end: number,
  ): Promise<{ computed: number; parts: Record<Exclude<ZooFilePart, "ids" | "digests">, ArrayBufferView> }> {
    const { width, storage } = header;
    const sources = Array.from({ length: end - first }, (_, i) => known.get(keyOf(ids, digests, first + i)));
    const fresh = Int32Array.from(sources.flatMap((source, i) => (source === undefined ? [first + i] : [])));
    const fetched = fresh.length > 0 ? await fetch(fresh) : new Float32Array(0);
    requireFinite("writeZooFile: tokens", fetched);
    const stored = storeTokens(fetched, width, storage);
    const scalars =
      fresh.length > 0 ? await folded.ptmScalars(readTokens(stored, 0, fresh.length)) : new Float32Array(0);
    requireScalars(scalars);

    if (previous === undefined) {
      const exact = storage === "int8" ? fetched : new Float32Array(0);
      return {
        computed: fresh.length,
        parts: { scales: stored.scales, scalars, tokens: stored.values, exact },
      };
    }
    const old = Int32Array.from(sources.filter((source) => source !== undefined));
    const exactOld = (await previous.exact?.(old)) ?? new Float32Array(0);
    const merge = <Values extends Float32Array | Uint16Array | Int8Array>(
      target: Values,
      columns: number,
      fromFresh: Values,
      fromOld: (source: number, nth: number) => Values,
    ): Values => {
      let [nextFresh, nextOld] = [0, 0];
      sources.forEach((source, i) => {
        if (source === undefined) {
          target.set(fromFresh.subarray(nextFresh * columns, ++nextFresh * columns), i * columns);
        } else target.set(fromOld(source, nextOld++), i * columns);
      });
      return target;
    };
    const row =
      <Values extends Float32Array | Uint16Array | Int8Array>(values: Values, columns: number) =>
      (source: number): Values =>
        values.subarray(source * columns, (source + 1) * columns) as Values;
    const count = end - first;
    const values = stored.values;
    const sameKind = values.constructor as new (length: number) => typeof values;
    const narrow = storage === "int8";
    return {
      computed: fresh.length,
      parts: {
        scales: narrow
          ? merge(new Float32Array(count), 1, stored.scales, row(previous.tokens.scales, 1))
          : new Float32Array(0),
        scalars: merge(
          new Float32Array(count * PTM_SCALARS),
          PTM_SCALARS,
          scalars,
          row(previous.scalars, PTM_SCALARS),
        ),
        tokens: merge(new sameKind(count * width), width, values, row(previous.tokens.values, width)),
        exact: narrow
          ? merge(new Float32Array(count * width), width, fetched, (_, nth) => row(exactOld, width)(nth))
          : new Float32Array(0),
      },
    };
  }
}

function requireSameKind(header: ZooFileHeader, previous: ZooFile | undefined): void {
  for (const key of ["spider", "storage", "width"] as const) {
    if (previous && previous.header[key] !== header[key]) {
      throw new RangeError(
        `writeZooFile: the previous file must be of ${key} ${header[key]}, got ${previous.header[key]}`,
      );
    }
  }
}

function positionsById({ ids, digests, header }: ZooFile): Map<string, number> {
  return new Map(Array.from({ length: header.rows }, (_, m) => [keyOf(ids, digests, m), m]));
}

/** Which token of which PTM a row is. */
function keyOf(ids: Uint8Array, digests: Uint8Array, row: number): string {
  const id = ids.subarray(row * ID_BYTES, (row + 1) * ID_BYTES);
  const digest = digests.subarray(row * DIGEST_BYTES, (row + 1) * DIGEST_BYTES);
  return Buffer.concat([id, digest]).toString("latin1");
}

async function writePart(file: FileHandle, offset: number, values: ArrayBufferView): Promise<void> {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, offset + done);
    done += bytesWritten;
  }
}
