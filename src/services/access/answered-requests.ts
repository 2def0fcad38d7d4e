import type { DataSource, ObjectLiteral } from "typeorm";

import { AnsweredRequest } from "../../entities/answered-request.js";
import { DomainError } from "../../errors.js";
import { KEY_LIFETIME } from "./once.js";
import type { NamedRequest, Viewer } from "./viewer.js";

/** Lapsed keys that a new one removes, so that they go as fast as they come. */
const REMOVED_AT_ONCE = 100;

/** What requests with an idempotency key were answered with. */
export class AnsweredRequests {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * @returns the rows of the answer as they are now, by their names in the payload; undefined if the key is free
   * @throws DomainError CONFLICT if it came with another request
   */
  async find(
    { name: caller }: Viewer,
    { key, fingerprint }: NamedRequest,
  ): Promise<Record<string, ObjectLiteral | null> | undefined> {
    const known = await this.dataSource
      .createQueryBuilder(AnsweredRequest, "known")
      .where("known.caller = :caller AND known.key = :key", { caller, key })
      .andWhere("known.createdAt >= now() - CAST(:lifetime AS interval)", { lifetime: KEY_LIFETIME })
      .getOne();
    if (known === null) {
      await this.#removeLapsed();
      return undefined;
    }
    if (known.fingerprint !== fingerprint) {
      throw new DomainError(
        "CONFLICT",
        "The idempotency key came with another request before; use a new key for a new request.",
      );
    }
    const parts = Object.entries(known.answer).map(
      async ([name, { entity, id }]) =>
        [name, await this.dataSource.getRepository<ObjectLiteral>(entity).findOneBy({ id })] as const,
    );
    return Object.fromEntries(await Promise.all(parts));
  }

  async #removeLapsed(): Promise<void> {
    await this.dataSource.query(
      `DELETE FROM answered_request WHERE (caller, key) IN (
         SELECT caller, key FROM answered_request WHERE created_at < now() - $1::interval
         LIMIT ${REMOVED_AT_ONCE} FOR UPDATE SKIP LOCKED)`,
      [KEY_LIFETIME],
    );
  }
}
