import type { Matrix } from "../matrix.js";
import { PTM_SCALARS } from "../spider/gram-graph.js";
import { readTokens, storeTokens } from "../spider/token-storage.js";
import type { StoredTokens } from "../spider/token-storage.js";
import { requireScalars } from "./folded-spider.js";
import type { FoldedSpider } from "./folded-spider.js";

/** Rows of PTMs that are prepared at a time, and of which several tasks are scored together. */
export const TILE_ROWS = 1024;
/** The most rows of one run. */
const LARGEST_TILE = 4096;
/** Values of one run: its arrays then stay in the processor's cache, and what each run costs is shared by many PTMs. */
const TILE_VALUES = 2 ** 20;

/** Tokens as they are kept, and the numbers that belong to a PTM alone. */
export interface KeptTokens {
  readonly tokens: StoredTokens;
  /** ptmScalarsGraph of the stored tokens, shape [rows, PTM_SCALARS]. */
  readonly scalars: Float32Array;
  /** Reads tokens in float32, shape [positions, d], where the stored ones are too narrow for the order of the best. */
  readonly exact?: (positions: Int32Array) => Promise<Float32Array>;
}

/** What has changed in a zoo since its tokens were kept. */
export interface ZooChanges {
  /** The tokens that came, shape [changes, d]: rows after those of the kept tokens. */
  readonly added: Matrix;
  /** Row of the PTM at each position, shape [M]; rows that are not in it have left the zoo. */
  readonly order: Int32Array;
}

/** Some rows of one part of a zoo, to be scored in one run. */
export interface ZooTile {
  readonly part: KeptTokens;
  /** Rows of the part. */
  readonly start: number;
  readonly end: number;
  /** The first of them, counted through all parts. */
  readonly firstRow: number;
}

/** A zoo's tokens: as they were kept, and what came since. Positions follow the PTMs' order, rows that of memory. */
export class KeptZoo {
  private constructor(
    private readonly parts: readonly KeptTokens[],
    private readonly order?: Int32Array,
  ) {}

  static of(kept: KeptTokens): KeptZoo {
    requireScalars(kept.scalars);
    return new KeptZoo([kept]);
  }

  /** The same zoo with other changes; the kept tokens are shared. */
  async changed({ added, order }: ZooChanges, folded: FoldedSpider): Promise<KeptZoo> {
    const part = await keepTokens(folded, added);
    requireScalars(part.scalars);
    return new KeptZoo([this.parts[0]!, part], order);
  }

  /** What came since the zoo was opened; undefined in that zoo itself. */
  get added(): KeptTokens | undefined {
    return this.parts[1];
  }

  /** PTMs of the zoo. */
  get size(): number {
    return this.order?.length ?? this.rows;
  }

  /** Rows in memory, those of PTMs that left included. */
  get rows(): number {
    return this.parts.reduce((sum, { tokens }) => sum + tokens.rows, 0);
  }

  get width(): number {
    return this.parts[0]!.tokens.width;
  }

  get storage(): StoredTokens["storage"] {
    return this.parts[0]!.tokens.storage;
  }

  /** Whether the order of the best needs tokens that are more exact than the stored ones. */
  get isNarrow(): boolean {
    return this.parts[0]!.exact !== undefined;
  }

  /** @param rowsAtOnce PTMs of a tile */
  *tiles(rowsAtOnce = this.#tileRows): Generator<ZooTile> {
    let firstRow = 0;
    for (const part of this.parts) {
      const { rows } = part.tokens;
      for (let start = 0; start < rows; start += rowsAtOnce) {
        yield { part, start, end: Math.min(start + rowsAtOnce, rows), firstRow: firstRow + start };
      }
      firstRow += rows;
    }
  }

  get #tileRows(): number {
    return Math.min(LARGEST_TILE, Math.max(TILE_ROWS, Math.floor(TILE_VALUES / this.width)));
  }

  /** Whether rows are positions. */
  get isOrdered(): boolean {
    return this.order === undefined;
  }

  /** Puts values by row, shape [rows], into those by position, shape [M]. */
  byPosition(byRow: Float32Array, into: Float32Array): void {
    for (let position = 0; position < into.length; position++) {
      into[position] = byRow[this.order?.[position] ?? position]!;
    }
  }

  /** The most exact tokens there are of some PTMs, shape [positions, d]. */
  async exactTokens(positions: Int32Array): Promise<Float32Array> {
    const { width } = this;
    const [kept, added] = this.parts;
    const tokens = new Float32Array(positions.length * width);
    const rows = this.order ? positions.map((position) => this.order![position]!) : positions;
    for (const [i, row] of rows.entries()) {
      const later = row - kept!.tokens.rows;
      const token =
        later >= 0
          ? readTokens(added!.tokens, later, later + 1)
          : ((await kept!.exact?.(Int32Array.of(row))) ?? readTokens(kept!.tokens, row, row + 1));
      tokens.set(token, i * width);
    }
    return tokens;
  }
}

/** The numbers of a tile's PTMs, shape [rows, PTM_SCALARS]. */
export function scalarsOf({ part, start, end }: ZooTile): Float32Array {
  return part.scalars.subarray(start * PTM_SCALARS, end * PTM_SCALARS);
}

/** Float32 tokens with the numbers that belong to each PTM alone. */
export async function keepTokens(folded: FoldedSpider, { values, columns }: Matrix): Promise<KeptTokens> {
  const tokens = storeTokens(values, columns, "float32");
  const scalars = new Float32Array(tokens.rows * PTM_SCALARS);
  for (let start = 0; start < tokens.rows; start += TILE_ROWS) {
    const end = Math.min(start + TILE_ROWS, tokens.rows);
    scalars.set(await folded.ptmScalars(readTokens(tokens, start, end)), start * PTM_SCALARS);
  }
  return { tokens, scalars };
}
