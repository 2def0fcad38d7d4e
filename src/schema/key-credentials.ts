import type { AccessKeys } from "../services/access/access-keys.js";
import type { Admitted, Credentials } from "./access.js";

/** Access keys as credentials, and beside them tokens of an identity provider where there is one. */
export class KeyCredentials implements Credentials {
  constructor(
    private readonly keys: AccessKeys,
    private readonly provider: Pick<Credentials, "admit"> | undefined,
  ) {}

  async admit(bearer: string): Promise<Admitted | undefined> {
    const key = await this.keys.find(bearer);
    if (key === undefined) return this.provider?.admit(bearer);
    const { id: keyId, name, role, expiresAt } = key;
    return { viewer: { name, role, keyId, requestId: null }, expiresAt };
  }

  working(keyIds: readonly string[]): Promise<ReadonlySet<string>> {
    return this.keys.working(keyIds);
  }

  forget(): void {
    this.keys.forget();
  }
}
