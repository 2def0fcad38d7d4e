import { createHash } from "node:crypto";

import { LRUCache } from "lru-cache";

import type { Matrix } from "../matrix.js";

/** Of float32 values: those of some hundred tasks of ten classes. */
const KEPT_VALUES = 2 ** 23;

/**
 * The rows of tasks that were scored lately. Whoever watches a task asks again when the zoo has changed, and for a small zoo
 * the task's own products cost more than all PTMs together.
 */
export class RememberedTasks<Rows extends object> {
  readonly #rows: LRUCache<string, Rows>;

  /** @param countValues float32 values that a task's rows keep in memory */
  constructor(countValues: (rows: Rows) => number) {
    this.#rows = new LRUCache({ maxSize: KEPT_VALUES, sizeCalculation: countValues });
  }

  async of(taskToken: Matrix, compute: (taskToken: Matrix) => Promise<Rows>): Promise<Rows> {
    const key = tokenKey(taskToken);
    const known = this.#rows.get(key);
    if (known !== undefined) return known;
    const computed = await compute(taskToken);
    this.#rows.set(key, computed);
    return computed;
  }
}

/** Equal for equal tokens, whatever tasks they are of. */
export function tokenKey({ rows, values }: Matrix): string {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return `${rows} ${createHash("sha256").update(bytes).digest("base64")}`;
}
