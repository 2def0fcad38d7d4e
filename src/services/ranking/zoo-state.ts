import type { DataSource } from "typeorm";

/** The counters that every write to what rankings are computed from increases (see the first migration). */
export interface ZooState {
  readonly tokens: string;
  readonly outcomes: string;
}

/** Reads the counters: one round trip to a table of two rows, cheap enough to ask before every ranking. */
export class ZooStates {
  #running: Promise<ZooState> | undefined;
  #next: Promise<ZooState> | undefined;

  constructor(private readonly dataSource: DataSource) {}

  /**
   * The state at some moment after the call. Calls that come while a statement is under way share the one after it: that
   * one alone is sure to see what was committed before they came.
   */
  read(): Promise<ZooState> {
    if (this.#running === undefined) return this.#start();
    this.#next ??= this.#running.then(
      () => this.#start(),
      () => this.#start(),
    );
    return this.#next;
  }

  #start(): Promise<ZooState> {
    this.#next = undefined;
    const reading = this.#query();
    this.#running = reading;
    const forget = (): void => {
      if (this.#running === reading) this.#running = undefined;
    };
    reading.then(forget, forget);
    return reading;
  }

  async #query(): Promise<ZooState> {
    const rows: { part: keyof ZooState; version: string }[] = await this.dataSource.query(
      `SELECT part, version FROM zoo_state`,
    );
    const versions = Object.fromEntries(rows.map(({ part, version }) => [part, version]));
    return { tokens: versions["tokens"] ?? "", outcomes: versions["outcomes"] ?? "" };
  }
}
