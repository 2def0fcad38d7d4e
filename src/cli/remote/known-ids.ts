import { everyItem, OrbError, type OrbClient, PtmsDocument, TasksDocument } from "orbweaver-client";

import { findPtm, findTask } from "./find.js";

/** Names of one request: what a filter may hold. */
const BATCH = 50;

interface Entry {
  readonly id: string;
  readonly name: string;
  readonly version: number;
}

type Search = (names: readonly string[]) => AsyncIterable<Entry>;

/**
 * Ids of PTMs or tasks by what people call them: a name (its newest version), `name@version`, or an id. Many names are looked
 * up in one request, each once.
 */
export class KnownIds {
  readonly #ids = new Map<string, string | undefined>();

  private constructor(
    private readonly prefix: "Ptm" | "Task",
    private readonly search: Search,
    private readonly findOne: (which: string) => Promise<{ readonly id: string }>,
  ) {}

  static ptms(orb: OrbClient): KnownIds {
    const search: Search = (names) => {
      const filter = { or: names.map((name) => ({ name })) };
      return everyItem(async (after) => (await orb.ask(PtmsDocument, { first: 100, after, filter })).ptms);
    };
    return new KnownIds("Ptm", search, (which) => findPtm(orb, which));
  }

  static tasks(orb: OrbClient): KnownIds {
    const search: Search = (names) => {
      const filter = { or: names.map((name) => ({ name })) };
      return everyItem(async (after) => (await orb.ask(TasksDocument, { first: 100, after, filter })).tasks);
    };
    return new KnownIds("Task", search, (which) => findTask(orb, which));
  }

  /** The id of one that was looked up; undefined if there is none. */
  get(which: string): string | undefined {
    return this.#ids.get(which);
  }

  /** Looks up what is not known yet. */
  async lookUp(wanted: Iterable<string>): Promise<void> {
    const unknown = [...new Set(wanted)].filter((which) => !this.#ids.has(which));
    const versions = await this.#versionsOf(new Set(unknown.flatMap(possibleNames)));
    for (const which of unknown) {
      const [, name = "", version] = VERSIONED.exec(which) ?? [];
      const found =
        versions.get(which.toLowerCase())?.[0] ??
        versions.get(name.toLowerCase())?.find((entry) => entry.version === Number(version));
      this.#ids.set(which, found?.id ?? (await this.#alone(which)));
    }
  }

  /** By lower-case name, the newest first. */
  async #versionsOf(names: ReadonlySet<string>): Promise<ReadonlyMap<string, Entry[]>> {
    const versions = new Map<string, Entry[]>();
    const all = [...names];
    for (let begin = 0; begin < all.length; begin += BATCH) {
      for await (const entry of this.search(all.slice(begin, begin + BATCH))) {
        const name = entry.name.toLowerCase();
        versions.set(name, [...(versions.get(name) ?? []), entry]);
      }
    }
    for (const entries of versions.values()) entries.sort((a, b) => b.version - a.version);
    return versions;
  }

  /** What may be an id, or a name in whose case database and JavaScript do not agree, is rare and asked for by itself. */
  async #alone(which: string): Promise<string | undefined> {
    const isId = Buffer.from(which, "base64url").toString().startsWith(`${this.prefix}:`);
    if (!isId && ASCII.test(which)) return undefined;
    try {
      return (await this.findOne(which)).id;
    } catch (error) {
      if (error instanceof OrbError && error.code === "NOT_FOUND") return undefined;
      throw error;
    }
  }
}

const ASCII = /^[ -~]*$/;
const VERSIONED = /^(.+)@(\d+)$/;

/** What could be the name in it. */
function possibleNames(which: string): string[] {
  const name = VERSIONED.exec(which)?.[1];
  return name === undefined ? [which] : [which, name];
}
