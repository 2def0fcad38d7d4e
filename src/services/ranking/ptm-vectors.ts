import type { DataSource } from "typeorm";

import type { DoubleMatrix } from "../../engine/linalg/double-matrix.js";
import { unitRows } from "../../engine/linalg/unit-rows.js";
import { matrix } from "../../engine/matrix.js";
import { FINGERPRINT_WIDTH } from "../../engine/tokens/fingerprint.js";
import { float32Vector } from "../../entities/float32-vector.js";
import type { Spider } from "../../entities/spider.js";

export const PTM_LIKENESSES = ["TOKENS", "FEATURES"] as const;
/** What PTMs are alike in. */
export type PtmLikeness = (typeof PTM_LIKENESSES)[number];

/** Vectors that one statement gives: a few megabytes. */
const PAGE_ROWS = 2048;

/** PTMs with a vector each, ascending by id. */
export interface VectorPage {
  readonly ids: readonly string[];
  /** Shape [ids, d], rows of length 1. */
  readonly directions: DoubleMatrix;
}

/** Reads one vector of each PTM: its token for a spider, or its fingerprint. */
export class PtmVectors {
  constructor(
    private readonly dataSource: DataSource,
    private readonly likeness: PtmLikeness,
    private readonly spider: Pick<Spider, "id" | "width">,
  ) {}

  get width(): number {
    return this.likeness === "TOKENS" ? this.spider.width : FINGERPRINT_WIDTH;
  }

  /** Those of some PTMs, in whatever state; PTMs without one are left out. */
  of(ptmIds: readonly string[]): Promise<VectorPage> {
    return this.#page(`v.ptm_id = ANY($1::uuid[])`, ptmIds);
  }

  /** Those of all READY PTMs. */
  async *ready(): AsyncGenerator<VectorPage> {
    for (let after = "00000000-0000-0000-0000-000000000000"; ;) {
      const page = await this.#page(
        `v.ptm_id > $1 AND EXISTS (SELECT FROM ptm WHERE ptm.id = v.ptm_id AND ptm.status = 'READY')`,
        after,
      );
      if (page.ids.length > 0) yield page;
      if (page.ids.length < PAGE_ROWS) return;
      after = page.ids.at(-1)!;
    }
  }

  async #page(condition: string, parameter: unknown): Promise<VectorPage> {
    const isToken = this.likeness === "TOKENS";
    const table = isToken ? "ptm_token v" : "ptm_fingerprint v";
    const [found] = await this.dataSource.query<{ ids: string[] | null; vectors: Buffer }[]>(
      `SELECT array_agg(ptm_id::text ORDER BY ptm_id) AS ids, string_agg(vector, ''::bytea ORDER BY ptm_id) AS vectors
       FROM (SELECT v.ptm_id, v.vector FROM ${table} WHERE ${condition} ${isToken ? "AND v.spider_id = $2" : ""}
             ORDER BY v.ptm_id LIMIT ${PAGE_ROWS}) page`,
      isToken ? [parameter, this.spider.id] : [parameter],
    );
    const ids = found?.ids ?? [];
    const values = ids.length > 0 ? (float32Vector.from(found!.vectors) as Float32Array) : new Float32Array();
    return { ids, directions: unitRows(matrix(ids.length, this.width, values)) };
  }
}
