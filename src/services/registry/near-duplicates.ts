import DataLoader from "dataloader";
import type { DataSource } from "typeorm";

import { checkFirst } from "./keyset-page.js";

export const DUPLICATE_REASONS = ["SAME_FILE", "SAME_FEATURES"] as const;
export type DuplicateReason = (typeof DUPLICATE_REASONS)[number];

export interface NearDuplicate {
  readonly ptmId: string;
  /** 1 is the same. */
  readonly similarity: number;
  readonly reason: DuplicateReason;
}

interface Question {
  readonly ptmId: string;
  readonly first: number;
}

/** Tells which PTMs are nearly or wholly the same as others. */
export class NearDuplicates {
  /** Gathers the PTMs of one answer, so that a page of them asks once. */
  readonly #gathered = new DataLoader((asked: readonly Question[]) => this.#read(asked), { cache: false });

  constructor(private readonly dataSource: DataSource) {}

  /**
   * The most alike first.
   *
   * @param first 1 to 100
   * @throws DomainError BAD_USER_INPUT
   */
  async run(ptmId: string, first: number): Promise<NearDuplicate[]> {
    checkFirst(first);
    return this.#gathered.load({ ptmId, first });
  }

  async #read(asked: readonly Question[]): Promise<NearDuplicate[][]> {
    const rows: (NearDuplicate & { position: string })[] = await this.dataSource.query(
      `SELECT key.position, found.id AS "ptmId", found.similarity, found.reason
       FROM unnest($1::uuid[], $2::int[]) WITH ORDINALITY AS key(ptm_id, first, position)
       CROSS JOIN LATERAL (
         SELECT other.id, 1 AS similarity, 'SAME_FILE' AS reason
         FROM ptm self JOIN ptm other ON other.artifact_sha256 = self.artifact_sha256 AND other.id <> self.id
         WHERE self.id = key.ptm_id
         UNION ALL
         SELECT other_id, similarity, 'SAME_FEATURES' FROM ptm_near_duplicate WHERE ptm_id = key.ptm_id
         ORDER BY similarity DESC, id LIMIT key.first
       ) found
       ORDER BY key.position, found.similarity DESC, found.id`,
      [asked.map(({ ptmId }) => ptmId), asked.map(({ first }) => first)],
    );
    const found = asked.map((): NearDuplicate[] => []);
    for (const { position, ptmId, similarity, reason } of rows) {
      found[Number(position) - 1]!.push({ ptmId, similarity, reason });
    }
    return found;
  }
}
