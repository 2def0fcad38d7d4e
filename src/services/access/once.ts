import type { DataSource, EntityManager } from "typeorm";

import { AnsweredRequest, type RowReference } from "../../entities/answered-request.js";
import type { NamedRequest, Viewer } from "./viewer.js";

/** So long a key stands for the request that it came with first. */
export const KEY_LIFETIME = "24 hours";

/** The request was answered before, or while it waited; `AnsweredRequests` knows with what. */
export class AnsweredBefore extends Error {
  override readonly name = "AnsweredBefore";
}

/**
 * The transaction of a use case that makes something. Where the request bears an idempotency key, the key is bound to what
 * was made in that same transaction: both are there or neither. An equal request that comes meanwhile waits for its end.
 *
 * @param work gives the rows that the answer consists of, by their names in the mutation's payload; what is no row is not kept
 * @throws AnsweredBefore if the key is bound already
 */
export function once<Answer extends object>(
  dataSource: DataSource,
  viewer: Viewer,
  work: (manager: EntityManager) => Promise<Answer>,
): Promise<Answer> {
  return dataSource.transaction(async (manager) => {
    const { name: caller, request } = viewer;
    if (request === undefined) return work(manager);
    if (!(await claim(manager, caller, request))) throw new AnsweredBefore();
    const made = await work(manager);
    const answer = referencesTo(manager, made);
    await manager.update(AnsweredRequest, { caller, key: request.key }, { answer });
    return made;
  });
}

/** @returns false if the key is bound; one that has lapsed is bound anew */
async function claim(
  manager: EntityManager,
  caller: string,
  { key, fingerprint }: NamedRequest,
): Promise<boolean> {
  const rows: unknown[] = await manager.query(
    `INSERT INTO answered_request AS known (caller, key, fingerprint) VALUES ($1, $2, $3)
     ON CONFLICT (caller, key) DO UPDATE SET fingerprint = excluded.fingerprint, created_at = now()
     WHERE known.created_at < now() - $4::interval
     RETURNING key`,
    [caller, key, fingerprint, KEY_LIFETIME],
  );
  return rows.length > 0;
}

function referencesTo({ connection }: EntityManager, answer: object): Record<string, RowReference> {
  const rows = Object.entries(answer).filter(
    (part): part is [string, { id: string }] => typeof part[1] === "object" && part[1] !== null,
  );
  return Object.fromEntries(
    rows.map(([name, row]) => [name, { entity: connection.getMetadata(row.constructor).name, id: row.id }]),
  );
}
