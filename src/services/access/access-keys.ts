import { LRUCache } from "lru-cache";
import type { DataSource } from "typeorm";

import { AccessKey } from "../../entities/access-key.js";
import { isWellFormed, prefixOf } from "./access-key-secret.js";
import { digestsEqual, sha256 } from "../digest.js";

/** How long a revocation can go unnoticed if the notice of it is lost. */
const FRESH_MS = 2_000;
const MOST_REMEMBERED = 10_000;
/** Whether a key is still in use interests people to the day; a write for every request would cost more than the request. */
const USE_NOTED_EVERY_MS = 60_000;

/** Tells whose secret it is. Remembers for a moment: most requests come with the key of the request before. */
export class AccessKeys {
  /** By the secret's digest. */
  readonly #remembered = new LRUCache<string, AccessKey>({ max: MOST_REMEMBERED, ttl: FRESH_MS });
  /** When each key's use was noted last, by this process. */
  readonly #noted = new LRUCache<string, number>({ max: MOST_REMEMBERED });

  constructor(private readonly dataSource: DataSource) {}

  /** The key that a secret belongs to; undefined for one that is malformed, unknown, expired or revoked. */
  async find(secret: string): Promise<AccessKey | undefined> {
    if (!isWellFormed(secret)) return undefined;
    const digest = sha256(secret);
    const key = this.#remembered.get(digest) ?? (await this.#read(prefixOf(secret), digest));
    if (key === undefined || key.revokedAt !== null || isPast(key.expiresAt)) return undefined;
    await this.#noteUse(key);
    return key;
  }

  /** Those of some keys that still work. */
  async working(ids: readonly string[]): Promise<Set<string>> {
    const keys = await this.dataSource
      .createQueryBuilder(AccessKey, "key")
      .select("key.id", "id")
      .where("key.id = ANY(:ids) AND key.revokedAt IS NULL", { ids })
      .andWhere("(key.expiresAt IS NULL OR key.expiresAt > now())")
      .getRawMany<{ id: string }>();
    return new Set(keys.map(({ id }) => id));
  }

  /** Looks at every key anew: one has changed. */
  forget(): void {
    this.#remembered.clear();
  }

  async #read(prefix: string, digest: string): Promise<AccessKey | undefined> {
    const candidates = await this.dataSource.getRepository(AccessKey).findBy({ prefix });
    const key = candidates.find(({ secretSha256 }) => digestsEqual(secretSha256, digest));
    if (key !== undefined) this.#remembered.set(digest, key);
    return key;
  }

  async #noteUse({ id, lastUsedAt }: AccessKey): Promise<void> {
    const noted = this.#noted.get(id) ?? lastUsedAt?.getTime() ?? 0;
    if (Date.now() - noted < USE_NOTED_EVERY_MS) return;
    this.#noted.set(id, Date.now());
    await this.dataSource
      .createQueryBuilder()
      .update(AccessKey)
      .set({ lastUsedAt: () => "now()" })
      .where("id = :id", { id })
      .execute();
  }
}

function isPast(date: Date | null): boolean {
  return date !== null && date.getTime() <= Date.now();
}
