import { Socket } from "node:net";

import { Client } from "pg";

import type { Logger } from "../log.js";
import type { DatabaseAddress } from "./data-source.js";

const CHANNEL = "orbweaver";
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;
const HEARTBEAT_MS = 5_000;
/** A server that does not answer for so long is gone, whatever TCP says. */
const ANSWER_MS = 5_000;

/**
 * Somebody who wants to hear that something may have changed. Holds one flag however much happens, so that a slow watcher
 * costs no memory and finds the newest state when it looks again.
 */
export class ChangeWatch {
  #changed = true; // there is always a first look to take
  #closed = false;
  #wake: (() => void) | undefined;

  constructor(private readonly onClose: () => void) {}

  /** Waits until there may be something new since the last call. @returns false once the watch is closed */
  async next(): Promise<boolean> {
    while (!this.#changed && !this.#closed) await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#changed = false;
    return !this.#closed;
  }

  mark(): void {
    this.#changed = true;
    this.#wake?.();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.onClose();
    this.#wake?.();
  }
}

/**
 * Hears of every committed change that PostgreSQL notifies of, from whichever process it came. What it hears is a hint: the
 * row is the truth, and whoever watches reads it. While the connection is lost hints are lost too, so after every
 * connection each watcher looks again.
 *
 * Topics are `<table> <id>` for job, ranking and ptm, and `finished <task id>` for the end of a re-ranking.
 */
export class ChangeFeed {
  readonly #watches = new Map<string, Set<ChangeWatch>>();
  #socket: Socket | undefined;
  #closed = false;
  #listening: Promise<void> | undefined;

  constructor(
    private readonly address: DatabaseAddress,
    private readonly log: Logger,
  ) {}

  /** Connects in the background and stays connected; watchers may come at any time. */
  start(): void {
    this.#listening ??= this.#listen();
  }

  /** @param topic what to hear of; a topic that ends with a space stands for all that begin with it */
  watch(topic: string): ChangeWatch {
    const watches = this.#watches.get(topic) ?? new Set();
    this.#watches.set(topic, watches);
    const watch = new ChangeWatch(() => {
      watches.delete(watch);
      if (watches.size === 0) this.#watches.delete(topic);
    });
    watches.add(watch);
    return watch;
  }

  /** How many watch at this moment. */
  get watchers(): number {
    return [...this.#watches.values()].reduce((sum, { size }) => sum + size, 0);
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const watches of this.#watches.values()) for (const watch of watches) watch.close();
    this.#socket?.destroy();
    await this.#listening;
  }

  async #listen(): Promise<void> {
    let pause = FIRST_PAUSE_MS;
    while (!this.#closed) {
      try {
        await this.#session(() => (pause = FIRST_PAUSE_MS));
      } catch (error) {
        if (this.#closed) return;
        this.log.warn({ error: (error as Error).message, pause }, "change feed lost its connection");
      }
      await new Promise((resolve) => setTimeout(resolve, pause));
      pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
    }
  }

  /** One connection from its beginning to its end. @throws what ended it */
  async #session(onListening: () => void): Promise<never> {
    const { address } = this;
    const socket = new Socket();
    this.#socket = socket;
    const client = new Client({
      ...("url" in address ? { connectionString: address.url } : address),
      application_name: "orbweaver-changes",
      connectionTimeoutMillis: ANSWER_MS,
      query_timeout: ANSWER_MS,
      stream: () => socket, // at hand, to be destroyed where an orderly end would wait for a dead server
    });
    let heartbeat: NodeJS.Timeout | undefined;
    try {
      const ended = new Promise<never>((_resolve, reject) => {
        client.on("error", reject);
        client.on("end", () => reject(new Error("the connection ended")));
        heartbeat = setInterval(() => void client.query("SELECT 1").catch(reject), HEARTBEAT_MS);
      });
      client.on("notification", ({ payload }) => this.#hear(payload ?? ""));
      await Promise.race([ended, client.connect()]);
      await Promise.race([ended, client.query(`LISTEN ${CHANNEL}`)]);
      onListening();
      for (const watches of this.#watches.values()) for (const watch of watches) watch.mark();
      return await ended;
    } finally {
      clearInterval(heartbeat);
      socket.destroy();
    }
  }

  #hear(topic: string): void {
    const whole = `${topic.split(" ", 1)[0]} `;
    for (const watch of this.#watches.get(topic) ?? []) watch.mark();
    for (const watch of this.#watches.get(whole) ?? []) watch.mark();
  }
}
