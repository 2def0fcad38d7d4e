import type { EntityManager } from "typeorm";

import { FINGERPRINT_WIDTH, NEARLY_SAME } from "../../engine/tokens/fingerprint.js";
import { float32Vector } from "../../entities/float32-vector.js";
import { PtmFingerprint } from "../../entities/ptm-fingerprint.js";
import { PtmNearDuplicate } from "../../entities/ptm-near-duplicate.js";
import { lockName } from "../registry/lock-name.js";

/** Fingerprints that one statement gives: four megabytes. */
const PAGE_ROWS = 2048;

/**
 * Writes down how a PTM sees the probe images and which PTMs see them nearly alike, in the caller's transaction; nothing for
 * one that sees no difference. PTMs of the same file are left out: that is known without a run.
 */
export async function keepFingerprint(
  manager: EntityManager,
  ptmId: string,
  vector: Float32Array | undefined,
): Promise<void> {
  if (vector === undefined) return;
  await lockName(manager, "fingerprint", ""); // of two new PTMs at a time each would miss the other
  await manager.upsert(PtmFingerprint, { ptmId, vector }, ["ptmId"]);
  await manager.delete(PtmNearDuplicate, { ptmId });
  await manager.delete(PtmNearDuplicate, { otherId: ptmId });
  for (let after = "00000000-0000-0000-0000-000000000000"; ;) {
    const [page] = await manager.query<{ ids: string[] | null; vectors: Buffer; last: string }[]>(
      `SELECT array_agg(id ORDER BY id) AS ids, string_agg(vector, ''::bytea ORDER BY id) AS vectors
       FROM (SELECT other.id::text, vector FROM ptm_fingerprint
             JOIN ptm other ON other.id = ptm_id
             WHERE other.id > $1 AND other.id <> $2
               AND other.artifact_sha256 <> (SELECT artifact_sha256 FROM ptm WHERE id = $2)
             ORDER BY other.id LIMIT ${PAGE_ROWS}) page`,
      [after, ptmId],
    );
    if (!page?.ids) return;
    await keepPairs(
      manager,
      ptmId,
      nearlySame(vector, page.ids, float32Vector.from(page.vectors) as Float32Array),
    );
    if (page.ids.length < PAGE_ROWS) return;
    after = page.ids.at(-1)!;
  }
}

interface Twin {
  readonly otherId: string;
  readonly similarity: number;
}

/** @param vectors fingerprints of the ids, one after the other */
function nearlySame(vector: Float32Array, ids: readonly string[], vectors: Float32Array): Twin[] {
  return ids.flatMap((otherId, row) => {
    let product = 0;
    for (let i = 0; i < FINGERPRINT_WIDTH; i++) product += vector[i]! * vectors[row * FINGERPRINT_WIDTH + i]!;
    const similarity = Math.min(1, product); // rounding
    return similarity >= NEARLY_SAME ? [{ otherId, similarity }] : [];
  });
}

async function keepPairs(manager: EntityManager, ptmId: string, twins: readonly Twin[]): Promise<void> {
  if (twins.length === 0) return;
  await manager.insert(
    PtmNearDuplicate,
    twins.flatMap(({ otherId, similarity }) => [
      { ptmId, otherId, similarity },
      { ptmId: otherId, otherId: ptmId, similarity },
    ]),
  );
}
