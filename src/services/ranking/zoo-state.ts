import { setImmediate } from "node:timers/promises";

import type { DataSource } from "typeorm";

/** The counters that every write to what rankings are computed from increases (see the first migration). */
export interface ZooState {
  readonly tokens: string;
  readonly outcomes: string;
  /** Of tasks, and their coming back. */
  readonly retirements: string;
}

/** Reads the counters: one round trip to a table of three rows, cheap enough to ask before every ranking. */
export class ZooStates {
  #running: Promise<unknown> = Promise.resolve();
  #next: Promise<ZooState> | undefined;

  constructor(private readonly dataSource: DataSource) {}

  /**
   * The state at some moment after the call. Calls that come while a statement is under way, or in the same turn of the
   * event loop, share the one after it: that one alone is sure to see what was committed before they came.
   */
  read(): Promise<ZooState> {
    return (this.#next ??= this.#start());
  }

  async #start(): Promise<ZooState> {
    await this.#running.catch(() => undefined);
    await setImmediate();
    this.#next = undefined;
    const reading = this.#query();
    this.#running = reading;
    return reading;
  }

  async #query(): Promise<ZooState> {
    const rows: { part: keyof ZooState; version: string }[] = await this.dataSource.query(
      `SELECT part, version FROM zoo_state`,
    );
    const versions = Object.fromEntries(rows.map(({ part, version }) => [part, version]));
    const { tokens = "", outcomes = "", retirements = "" } = versions;
    return { tokens, outcomes, retirements };
  }
}
