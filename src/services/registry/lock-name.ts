import type { EntityManager } from "typeorm";

/**
 * First key of the locks, so that a PTM and a task of one name do not wait for each other. A measurement goes by the id
 * of its task.
 */
const SPACES = {
  ptm: 0x70746d,
  task: 0x7461736b,
  measurement: 0x6d656173,
  accessKey: 0x6b6579,
  spider: 0x73706964,
  pool: 0x706f6f6c,
  import: 0x696d7074,
  webhook: 0x77656268,
  fingerprint: 0x666e6772,
} as const;

/**
 * Lets one transaction at a time decide what a name means, until it ends: to look for the newest version and to add the
 * next are two steps, and without the lock all but one of several callers would run into the unique index.
 */
export async function lockName(
  manager: EntityManager,
  space: keyof typeof SPACES,
  name: string,
): Promise<void> {
  await manager.query(`SELECT pg_advisory_xact_lock($1, hashtext(lower($2)))`, [SPACES[space], name]);
}
