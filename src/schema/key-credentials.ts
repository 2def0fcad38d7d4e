import type { AccessKeys } from "../services/access-keys.js";
import type { Admitted, Credentials } from "./access.js";

/** Access keys as credentials. */
export class KeyCredentials implements Credentials {
  constructor(private readonly keys: AccessKeys) {}

  async admit(bearer: string): Promise<Admitted | undefined> {
    const key = await this.keys.find(bearer);
    if (key === undefined) return undefined;
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
