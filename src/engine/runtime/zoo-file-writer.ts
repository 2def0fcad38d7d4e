import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";

import { requireFinite } from "../matrix.js";
import type { SpiderParameters } from "../spider/spider.js";
import { readTokens, storeTokens } from "../spider/token-storage.js";
import { FoldedSpider, requireScalars } from "./folded-spider.js";
import { DIGEST_BYTES, ID_BYTES, readZooFileParts, zooFileParts } from "./zoo-file.js";
import type { ZooFileHeader, ZooFilePart } from "./zoo-file.js";

/** Rows that are copied at a time: bounds the memory of a build. */
const COPY_ROWS = 4096;

/** What a zoo file is made of, but for its tokens. */
export interface ZooFilePlan {
  readonly header: ZooFileHeader;
  /** Ascending, ID_BYTES each. */
  readonly ids: Uint8Array;
  /** DIGEST_BYTES each: says which token of the PTM it is. */
  readonly digests: Uint8Array;
  /** A file of the same spider and storage: what it has of the same digest is copied, not computed. */
  readonly previous?: string | undefined;
}

const PER_PTM = ["scales", "scalars", "tokens", "exact"] as const;
type PerPtm = (typeof PER_PTM)[number];

/**
 * Writes a zoo file: first what the previous one has, then tokens in any order. Computing holds the event loop, so
 * writeZooFile does it in a worker thread.
 */
export class ZooFileWriter {
  private constructor(
    private readonly file: FileHandle,
    private readonly plan: ZooFilePlan,
    private readonly folded: FoldedSpider,
    /** Rows whose tokens the previous file does not have, ascending: `put` must be given them. */
    readonly missing: Int32Array,
  ) {}

  /** @throws RangeError if the previous file is of another kind */
  static async begin(path: string, spider: SpiderParameters, plan: ZooFilePlan): Promise<ZooFileWriter> {
    const { start, parts, bytes } = zooFileParts(plan.header);
    const file = await open(path, "wx");
    try {
      await file.truncate(bytes);
      await file.write(start, 0, start.length, 0);
      await writeAt(file, parts.ids.offset, plan.ids);
      await writeAt(file, parts.digests.offset, plan.digests);
      const missing = await copyKnown(file, plan);
      return new ZooFileWriter(file, plan, await FoldedSpider.open(spider), missing);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /**
   * @param rows   ascending
   * @param tokens of these rows, float32, shape [rows, d]
   * @throws RangeError if a token is out of its storage's range or not finite
   *
   * Cost: O(d^2) a PTM.
   */
  async put(rows: Int32Array, tokens: Float32Array): Promise<void> {
    const { header } = this.plan;
    requireFinite("writeZooFile: tokens", tokens);
    const stored = storeTokens(tokens, header.width, header.storage);
    const scalars = await this.folded.ptmScalars(readTokens(stored, 0, rows.length));
    requireScalars(scalars);
    const values: Record<PerPtm, Float32Array | Uint16Array | Int8Array> = {
      scales: stored.scales,
      scalars,
      tokens: stored.values,
      exact: header.storage === "int8" ? tokens : new Float32Array(0),
    };
    for (const [first, end] of runs(rows)) {
      for (const part of PER_PTM) {
        const columns = values[part].length / rows.length;
        const some = values[part].subarray(first * columns, end * columns);
        await writeAt(this.file, rowOffset(header, part, rows[first]!), some);
      }
    }
  }

  /** Sees to it that the file is on the disk. */
  async finish(): Promise<void> {
    await this.file.sync();
  }

  async close(): Promise<void> {
    await this.file.close();
    await this.folded.release();
  }
}

/** @returns the rows that the previous file does not have */
async function copyKnown(
  file: FileHandle,
  { header, ids, digests, previous }: ZooFilePlan,
): Promise<Int32Array> {
  if (previous === undefined) return Int32Array.from({ length: header.rows }, (_, row) => row);
  const from = await open(previous);
  try {
    const old = await readZooFileParts(from, previous, ["ids", "digests"]);
    for (const key of ["spider", "storage", "width"] as const) {
      if (old.header[key] !== header[key]) {
        throw new RangeError(
          `writeZooFile: the previous file must be of ${key} ${header[key]}, got ${old.header[key]}`,
        );
      }
    }
    const missing: number[] = [];
    let run: { from: number; to: number; rows: number } | undefined;
    const flush = async (): Promise<void> => {
      if (run) await copyRows(from, old.header, run.from, file, header, run.to, run.rows);
      run = undefined;
    };
    // Both lists are in order of ids.
    for (let row = 0, source = 0; row < header.rows; row++) {
      while (source < old.header.rows && compare(old.ids, source, ids, row, ID_BYTES) < 0) source++;
      const isKnown =
        source < old.header.rows &&
        compare(old.ids, source, ids, row, ID_BYTES) === 0 &&
        compare(old.digests, source, digests, row, DIGEST_BYTES) === 0;
      if (!isKnown) missing.push(row);
      else if (run && run.from + run.rows === source && run.to + run.rows === row && run.rows < COPY_ROWS) {
        run.rows++;
      } else {
        await flush();
        run = { from: source, to: row, rows: 1 };
      }
    }
    await flush();
    return Int32Array.from(missing);
  } finally {
    await from.close();
  }
}

async function copyRows(
  from: FileHandle,
  oldHeader: ZooFileHeader,
  source: number,
  file: FileHandle,
  header: ZooFileHeader,
  row: number,
  rows: number,
): Promise<void> {
  for (const part of PER_PTM) {
    const { bytes } = zooFileParts(oldHeader).parts[part];
    const buffer = new Uint8Array((bytes / oldHeader.rows) * rows);
    const offset = rowOffset(oldHeader, part, source);
    for (let done = 0; done < buffer.length;) {
      const { bytesRead } = await from.read(buffer, done, buffer.length - done, offset + done);
      if (bytesRead === 0) throw new RangeError("writeZooFile: the previous file ended while it was read");
      done += bytesRead;
    }
    await writeAt(file, rowOffset(header, part, row), buffer);
  }
}

function rowOffset(header: ZooFileHeader, part: ZooFilePart, row: number): number {
  const { offset, bytes } = zooFileParts(header).parts[part];
  return offset + (bytes / header.rows) * row;
}

function compare(a: Uint8Array, rowA: number, b: Uint8Array, rowB: number, bytes: number): number {
  for (let i = 0; i < bytes; i++) {
    const difference = a[rowA * bytes + i]! - b[rowB * bytes + i]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Stretches of consecutive rows, as [begin, end) of places in the list. */
function* runs(rows: Int32Array): Generator<[number, number]> {
  for (let begin = 0; begin < rows.length;) {
    let end = begin + 1;
    while (end < rows.length && rows[end] === rows[end - 1]! + 1) end++;
    yield [begin, end];
    begin = end;
  }
}

async function writeAt(file: FileHandle, offset: number, values: ArrayBufferView): Promise<void> {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, offset + done);
    done += bytesWritten;
  }
}
