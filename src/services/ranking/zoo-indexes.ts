import type { DataSource } from "typeorm";

import type { RunsOn } from "../../engine/runtime/scorer-worker.js";
import { Spider } from "../../entities/spider.js";
import { DomainError } from "../../errors.js";
import type { SpiderSnapshots } from "../tokens/spider-snapshots.js";
import { ZooIndex } from "./zoo-index.js";
import type { ZooTokens } from "./zoo-tokens.js";

/** Spiders whose index stays in memory beside the active one's, for rankings that name a spider. */
const INDEXES_KEPT = 3;

/** An index with the number of those who are using it; it closes when it is out of date and the last of them is done. */
interface Held {
  readonly version: string;
  readonly index: Promise<ZooIndex>;
  /** The same once it is loaded. */
  loaded?: ZooIndex;
  users: number;
  outOfDate: boolean;
}

/** Holds one index per spider in use and replaces it when the zoo has changed. */
export class ZooIndexes {
  readonly #held = new Map<string, Held>();
  /** Why an index was given up, until another one is loaded. */
  #lost: RunsOn | undefined;
  #closed = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly snapshots: SpiderSnapshots,
    private readonly tokens: ZooTokens,
    private readonly onSeconds: (seconds: number) => void = () => undefined,
  ) {}

  /**
   * Runs work on the index of a spider as of a version of the zoo.
   *
   * @param version  the counter `zoo_state.tokens` that the caller has just read
   * @param spiderId absent for the active spider
   * @throws DomainError NOT_FOUND for an unknown spider, FAILED_PRECONDITION while none is active
   */
  async use<Result>(
    version: string,
    spiderId: string | undefined,
    work: (index: ZooIndex) => Promise<Result>,
  ): Promise<Result> {
    const held = await this.#take(version, spiderId);
    try {
      return await work(await held.index);
    } catch (error) {
      // Its device was lost and nothing took over: whoever asks next opens the zoo anew.
      if (held.loaded && held.loaded.runsOn.provider === undefined) this.#drop(held);
      throw error;
    } finally {
      held.users--;
      closeIfUnused(held);
    }
  }

  /** Whether a spider's index is in memory, as of whatever version of the zoo. */
  holds(spiderId: string): boolean {
    return [...this.#held.values()].some(({ loaded }) => loaded?.spider.id === spiderId);
  }

  /** What runs the active spider's rankings; undefined before its index is loaded. */
  get runsOn(): RunsOn | undefined {
    return this.#held.get("active")?.loaded?.runsOn ?? this.#lost;
  }

  /** Closes every scorer; the process is about to end. */
  async close(): Promise<void> {
    this.#closed = true;
    const indexes = [...this.#held.values()].map(({ index }) => index);
    this.#held.clear();
    for (const index of await Promise.allSettled(indexes)) {
      if (index.status === "fulfilled") await index.value.close();
    }
    await this.tokens.close();
  }

  /** Counts one more user. A spider that is asked for by name may be the active one, whose index is there already. */
  async #take(version: string, spiderId: string | undefined): Promise<Held> {
    const active = this.#held.get("active");
    const isActive =
      spiderId !== undefined &&
      active?.version === version &&
      (await active.index.catch(() => undefined))?.spider.id === spiderId &&
      !active.outOfDate;
    const held = isActive ? active : this.#at(version, spiderId);
    held.users++;
    return held;
  }

  #drop(dropped: Held): void {
    for (const [key, held] of this.#held) if (held === dropped) this.#held.delete(key);
    this.#lost = dropped.loaded?.runsOn;
    expire(dropped);
  }

  #at(version: string, spiderId: string | undefined): Held {
    if (this.#closed) throw new DomainError("UNAVAILABLE", "The server is stopping; ask again in a moment.");
    const key = spiderId ?? "active";
    const current = this.#held.get(key);
    if (current?.version === version) return current;

    const index = this.#load(spiderId, current?.loaded);
    const next: Held = { version, index, users: 0, outOfDate: false };
    this.#held.delete(key); // so that the newest is last in the map's order
    this.#held.set(key, next);
    if (current) expire(current);
    next.index.then(
      (index) => {
        next.loaded = index;
        this.#lost = undefined;
      },
      () => {
        if (this.#held.get(key) === next) this.#held.delete(key);
      },
    );
    for (const [oldest, held] of this.#held) {
      if (this.#held.size <= INDEXES_KEPT) break;
      this.#held.delete(oldest);
      expire(held);
    }
    return next;
  }

  async #load(spiderId: string | undefined, before: ZooIndex | undefined): Promise<ZooIndex> {
    const spider = await this.dataSource
      .getRepository(Spider)
      .findOneBy(spiderId === undefined ? { active: true } : { id: spiderId });
    if (spider === null && spiderId !== undefined) {
      throw new DomainError("NOT_FOUND", "There is no Spider with the id given.");
    }
    if (spider === null) {
      throw new DomainError(
        "FAILED_PRECONDITION",
        "No spider is active yet, so nothing can be ranked; import or train one and activate it.",
      );
    }
    const { dataSource, snapshots, tokens, onSeconds } = this;
    return ZooIndex.load(dataSource, snapshots, tokens, spider, onSeconds, before);
  }
}

function expire(held: Held): void {
  held.outOfDate = true;
  closeIfUnused(held);
}

function closeIfUnused(held: Held): void {
  if (!held.outOfDate || held.users > 0) return;
  held.index.then(
    (index) => index.close(),
    () => undefined, // a failed load left nothing to close
  );
}
