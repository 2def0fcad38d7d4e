import type { DataSource, EntityManager } from "typeorm";
import { v7 as uuid } from "uuid";

import { AccessKey } from "../../entities/access-key.js";
import { DomainError, inPart } from "../../errors.js";
import { createSecret, prefixOf } from "./access-key-secret.js";
import { audit } from "./audit.js";
import { sha256 } from "../digest.js";
import { once } from "./once.js";
import { entryName } from "../registry/entry-name.js";
import { lockName } from "../registry/lock-name.js";
import { revokeKey } from "./revoke-access-key.js";
import type { Role, Viewer } from "./viewer.js";

export interface CreateAccessKeyInput {
  readonly name: string;
  readonly role: Role;
  readonly expiresAt?: Date | null | undefined;
}

/** Makes access keys. */
export class CreateAccessKey {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * A key of the same name that has ended by itself is revoked with it: a name is one key's that is not.
   *
   * @returns the key, and its secret, which nobody can tell again
   * @throws DomainError BAD_USER_INPUT (name, expiry), CONFLICT (a key that works has this name)
   */
  async run(
    input: CreateAccessKeyInput,
    viewer: Viewer,
  ): Promise<{ readonly accessKey: AccessKey; readonly secret: string }> {
    const name = inPart("name", () => entryName(input.name));
    const { role, expiresAt = null } = input;
    if (expiresAt !== null && !(expiresAt.getTime() > Date.now())) {
      throw new DomainError(
        "BAD_USER_INPUT",
        `expiresAt must lie in the future, got ${expiresAt.toISOString()}.`,
        { part: ["expiresAt"] },
      );
    }
    const secret = createSecret();
    return once(this.dataSource, viewer, async (manager) => {
      await lockName(manager, "accessKey", name);
      const holder = await findUnrevoked(manager, name);
      if (holder !== null && isOver(holder)) await revokeKey(manager, holder.id, viewer);
      else if (holder !== null) {
        throw new DomainError(
          "CONFLICT",
          `An access key that works is named "${name}"; choose another name, or revoke that key first.`,
        );
      }
      return { accessKey: await insertKey(manager, { name, role, expiresAt, secret }, viewer), secret };
    });
  }
}

/** The key of this name that nobody revoked; it may have ended by itself. */
export function findUnrevoked(manager: EntityManager, name: string): Promise<AccessKey | null> {
  return manager
    .createQueryBuilder(AccessKey, "key")
    .where("lower(key.name) = lower(:name) AND key.revokedAt IS NULL", { name })
    .getOne();
}

function isOver({ expiresAt }: AccessKey): boolean {
  return expiresAt !== null && expiresAt.getTime() <= Date.now();
}

/** Writes a key down, in the caller's transaction. */
export async function insertKey(
  manager: EntityManager,
  { secret, ...key }: Pick<AccessKey, "name" | "role" | "expiresAt"> & { readonly secret: string },
  viewer: Viewer,
): Promise<AccessKey> {
  const id = uuid();
  const stored = { ...key, prefix: prefixOf(secret), secretSha256: sha256(secret), createdBy: viewer.name };
  await manager.insert(AccessKey, { id, ...stored });
  const row = await manager.findOneByOrFail(AccessKey, { id });
  const { secretSha256: _, ...after } = row;
  const subject = { type: "AccessKey", id };
  await audit(manager, viewer, { action: "createAccessKey", subject, before: null, after });
  return row;
}
