import type { DataSource } from "typeorm";

import { pendingMigrations } from "../database/migrate.js";
import { Spider } from "../entities/spider.js";
import type { ZooIndexes } from "./ranking/zoo-indexes.js";
import type { ZooStates } from "./ranking/zoo-state.js";

export const READINESS_CHECKS = ["database", "migrations", "spider"] as const;
export type ReadinessCheck = (typeof READINESS_CHECKS)[number];

export interface CheckResult {
  readonly ok: boolean;
  /** In words that anybody may read. */
  readonly message: string;
}

/** Whether this process can do its work now, and if not, what is missing. */
export class Readiness {
  constructor(
    private readonly dataSource: DataSource,
    private readonly states: ZooStates,
    private readonly indexes: ZooIndexes,
  ) {}

  #running: Promise<Record<ReadinessCheck, CheckResult>> | undefined;

  /**
   * Never throws. What was not looked at, because what it needs is missing, is not ok. Whoever asks while it is looked at
   * shares the answer: nobody needs a key to ask.
   */
  run(): Promise<Record<ReadinessCheck, CheckResult>> {
    this.#running ??= this.#look().finally(() => (this.#running = undefined));
    return this.#running;
  }

  async #look(): Promise<Record<ReadinessCheck, CheckResult>> {
    const unknown = { ok: false, message: "Not known while the database is away." };
    const results = { database: unknown, migrations: unknown, spider: unknown };
    try {
      const { tokens } = await this.states.read();
      results.database = { ok: true, message: "It answers." };
      results.migrations = await this.#migrations();
      results.spider = await this.#spider(tokens);
    } catch {
      results.database = { ok: false, message: "It does not answer." };
    }
    return results;
  }

  async #migrations(): Promise<CheckResult> {
    const pending = await pendingMigrations(this.dataSource);
    return pending.length === 0
      ? { ok: true, message: "All are there." }
      : { ok: false, message: `${pending.length} are missing, the first is ${pending[0]}; run orb migrate.` };
  }

  /**
   * An older state of the zoo in memory is enough: the next ranking brings it up to date. A registry without a spider is
   * ready too, or nobody could ever bring it one.
   */
  async #spider(version: string): Promise<CheckResult> {
    const spider = await this.dataSource.getRepository(Spider).findOneBy({ active: true });
    if (spider === null) return { ok: true, message: "None is active: nothing can be ranked yet." };
    try {
      if (!this.indexes.holds(spider.id)) await this.indexes.use(version, undefined, async () => undefined);
      return { ok: true, message: `Version ${spider.version} is loaded.` };
    } catch {
      return { ok: false, message: `Version ${spider.version} could not be loaded; see the log.` };
    }
  }
}
