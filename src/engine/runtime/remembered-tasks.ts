import { createHash } from "node:crypto";

import { LRUCache } from "lru-cache";

import type { Matrix } from "../matrix.js";
import type { Rows } from "./folded-spider.js";

/** Of float32 values: those of some hundred tasks of ten classes. */
const KEPT_VALUES = 2 ** 23;

/**
 * The rows of tasks that were scored lately. Whoever watches a task asks again when the zoo has changed, and for a small zoo
 * the task's own products cost more than all PTMs together.
 */
export class RememberedTasks {
  readonly #rows = new LRUCache<string, Rows>({ maxSize: KEPT_VALUES });

  async of(taskToken: Matrix, compute: (taskToken: Matrix) => Promise<Rows>): Promise<Rows> {
    const key = tokenKey(taskToken);
    const known = this.#rows.get(key);
    if (known !== undefined) return known;
    const computed = await compute(taskToken);
    // Of its keys and values, and for the Gram form five times as many projections.
    this.#rows.set(key, computed, {
      size: 3.5 * (computed.keys.values.length + computed.values.values.length),
    });
    return computed;
  }
}

/** Equal for equal tokens, whatever tasks they are of. */
export function tokenKey({ rows, values }: Matrix): string {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return `${rows} ${createHash("sha256").update(bytes).digest("base64")}`;
}
