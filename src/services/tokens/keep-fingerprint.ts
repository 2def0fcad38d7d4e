import type { EntityManager } from "typeorm";

import { PtmFingerprint } from "../../entities/ptm-fingerprint.js";

/** Writes down how a PTM sees the probe images, in the caller's transaction; nothing for one that sees no difference. */
export async function keepFingerprint(
  manager: EntityManager,
  ptmId: string,
  vector: Float32Array | undefined,
): Promise<void> {
  if (vector !== undefined) await manager.upsert(PtmFingerprint, { ptmId, vector }, ["ptmId"]);
}
