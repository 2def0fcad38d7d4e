import type { DataSource } from "typeorm";

import { AccessKey } from "../../entities/access-key.js";
import { createSecret, isWellFormed } from "./access-key-secret.js";
import { findUnrevoked, insertKey } from "./create-access-key.js";
import { sha256 } from "../digest.js";
import { lockName } from "../registry/lock-name.js";
import { revokeKey } from "./revoke-access-key.js";
import { localViewer } from "./viewer.js";

const NAME = "bootstrap";
const STARTER = localViewer("first start");

/** Lets the first administrator in, who can then make keys for everybody. */
export class AdmitAdministrator {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Makes sure that the secret given is an administrator's; the one given before it then ends. Without one a registry that
   * has no key yet gets a first one. Safe to repeat, and from several processes.
   *
   * @returns the secret if it was made here: the only time that it can be shown
   */
  async run(given: string | undefined): Promise<string | undefined> {
    if (given !== undefined && !isWellFormed(given)) {
      throw new Error(
        "The configuration is wrong:\n  ORB_BOOTSTRAP_KEY: is mistyped; its checksum does not fit.",
      );
    }
    return this.dataSource.transaction(async (manager) => {
      await lockName(manager, "accessKey", NAME);
      if (given === undefined && (await manager.exists(AccessKey))) return undefined;
      const secret = given ?? createSecret();
      if (await manager.existsBy(AccessKey, { secretSha256: sha256(secret) })) return undefined;
      const earlier = await findUnrevoked(manager, NAME);
      if (earlier !== null) await revokeKey(manager, earlier.id, STARTER);
      await insertKey(manager, { name: NAME, role: "ADMIN", expiresAt: null, secret }, STARTER);
      return given === undefined ? secret : undefined;
    });
  }
}
