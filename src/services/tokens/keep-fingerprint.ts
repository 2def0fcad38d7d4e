import type { EntityManager } from "typeorm";

import { FINGERPRINT_WIDTH, NEARLY_SAME } from "../../engine/tokens/fingerprint.js";
import { float32Vector } from "../../entities/float32-vector.js";
import { PtmNearDuplicate } from "../../entities/ptm-near-duplicate.js";
import { lockName } from "../registry/lock-name.js";

/** Fingerprints that one statement gives: a megabyte, some milliseconds of the server's thread. */
const PAGE_ROWS = 512;

/** How a PTM sees the probe images, and which others were found to see them nearly alike. */
export interface ComparedFingerprint {
  readonly ptmId: string;
  readonly vector: Float32Array;
  /** Similarities by PTM. */
  readonly twins: Map<string, number>;
  /** The place up to which fingerprints were looked at. */
  upTo: string;
}

/**
 * Compares a fingerprint with all that are there, which takes a second for fifty thousand: before the transaction that writes
 * it down, which then has the few that came meanwhile to look at.
 */
export async function compareFingerprint(
  manager: EntityManager,
  ptmId: string,
  vector: Float32Array,
): Promise<ComparedFingerprint> {
  const compared: ComparedFingerprint = { ptmId, vector, twins: new Map(), upTo: "0" };
  await compareOn(manager, compared);
  return compared;
}

/**
 * Writes down how a PTM sees the probe images and which PTMs see them nearly alike, in the caller's transaction; nothing for
 * one that sees no difference.
 */
export async function keepFingerprint(
  manager: EntityManager,
  compared: ComparedFingerprint | undefined,
): Promise<void> {
  if (compared === undefined) return;
  const { ptmId, vector, twins } = compared;
  // Of two new PTMs at a time each would miss the other. Places are given under the lock, so none comes to lie before one that
  // somebody has seen.
  await lockName(manager, "fingerprint", "");
  await compareOn(manager, compared);
  await manager.query(
    `INSERT INTO ptm_fingerprint (ptm_id, vector) VALUES ($1, $2)
     ON CONFLICT (ptm_id) DO UPDATE SET vector = excluded.vector, place = excluded.place`,
    [ptmId, float32Vector.to(vector)],
  );
  await manager.delete(PtmNearDuplicate, { ptmId });
  await manager.delete(PtmNearDuplicate, { otherId: ptmId });
  await keepPairs(manager, ptmId, twins);
}

/** Goes on with what has come since. PTMs of the same file are left out: that is known without a run. */
async function compareOn(manager: EntityManager, compared: ComparedFingerprint): Promise<void> {
  const { ptmId, vector, twins } = compared;
  for (;;) {
    const [page] = await manager.query<
      { ids: string[] | null; differ: boolean[]; vectors: Buffer; last: string }[]
    >(
      `SELECT array_agg(id ORDER BY place) AS ids, array_agg(differs ORDER BY place) AS differ,
              string_agg(vector, ''::bytea ORDER BY place) AS vectors, max(place) AS last
       FROM (SELECT other.id::text, place, vector,
                    other.id <> $2 AND other.artifact_sha256 <> (SELECT artifact_sha256 FROM ptm WHERE id = $2) AS differs
             FROM ptm_fingerprint JOIN ptm other ON other.id = ptm_id
             WHERE place > $1 ORDER BY place LIMIT ${PAGE_ROWS}) page`,
      [compared.upTo, ptmId],
    );
    if (!page?.ids) return;
    const vectors = float32Vector.from(page.vectors) as Float32Array;
    for (const [row, otherId] of page.ids.entries()) {
      twins.delete(otherId); // its fingerprint was another before
      const similarity = product(vector, vectors, row);
      if (page.differ[row]! && similarity >= NEARLY_SAME) twins.set(otherId, similarity);
    }
    compared.upTo = page.last;
    if (page.ids.length < PAGE_ROWS) return;
  }
}

/** Of a fingerprint with one of several that lie one after the other. */
function product(vector: Float32Array, vectors: Float32Array, row: number): number {
  let sum = 0;
  for (let i = 0; i < FINGERPRINT_WIDTH; i++) sum += vector[i]! * vectors[row * FINGERPRINT_WIDTH + i]!;
  return Math.min(1, sum); // rounding
}

async function keepPairs(
  manager: EntityManager,
  ptmId: string,
  twins: ReadonlyMap<string, number>,
): Promise<void> {
  if (twins.size === 0) return;
  await manager.insert(
    PtmNearDuplicate,
    [...twins].flatMap(([otherId, similarity]) => [
      { ptmId, otherId, similarity },
      { ptmId: otherId, otherId: ptmId, similarity },
    ]),
  );
}
