import type { DataSource, EntityManager } from "typeorm";

import { AccessKey } from "../../entities/access-key.js";
import { DomainError } from "../../errors.js";
import type { AccessKeys } from "./access-keys.js";
import { audit } from "./audit.js";
import type { Viewer } from "./viewer.js";

/** Ends access keys. */
export class RevokeAccessKey {
  constructor(
    private readonly dataSource: DataSource,
    private readonly accessKeys: AccessKeys,
  ) {}

  /**
   * From now on no request is answered with it, and its sockets are closed; in other processes as soon as they hear of it.
   * Safe to repeat.
   *
   * @throws DomainError NOT_FOUND
   */
  async run(id: string, viewer: Viewer): Promise<AccessKey> {
    const key = await this.dataSource.transaction(async (manager) => {
      await revokeKey(manager, id, viewer);
      return manager.findOneBy(AccessKey, { id });
    });
    this.accessKeys.forget();
    if (key === null) throw new DomainError("NOT_FOUND", "There is no AccessKey with the id given.");
    return key;
  }
}

/** Ends a key in the caller's transaction; nothing if it has ended. */
export async function revokeKey(manager: EntityManager, id: string, viewer: Viewer): Promise<void> {
  const { affected } = await manager
    .createQueryBuilder()
    .update(AccessKey)
    .set({ revokedAt: () => "now()" })
    .where("id = :id AND revoked_at IS NULL", { id })
    .execute();
  if (affected !== 1) return;
  const { name, prefix, revokedAt } = await manager.findOneByOrFail(AccessKey, { id });
  await audit(manager, viewer, {
    action: "revokeAccessKey",
    subject: { type: "AccessKey", id },
    before: { name, prefix, revokedAt: null },
    after: { name, prefix, revokedAt },
  });
}
