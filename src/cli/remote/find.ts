import {
  everyItem,
  type OrbClient,
  OrbError,
  type PoolPartsFragment,
  PoolsDocument,
  PtmByIdDocument,
  type PtmPartsFragment,
  PtmsDocument,
  type SpiderPartsFragment,
  SpidersDocument,
  TaskByIdDocument,
  type TaskPartsFragment,
  TasksDocument,
} from "orbweaver-client";

/** The task of a name (its newest version), of `name@version`, or of an id. @throws OrbError NOT_FOUND */
export async function findTask(orb: OrbClient, which: string): Promise<TaskPartsFragment> {
  const named = await firstOf(which, (name) =>
    everyItem(async (after) => (await orb.ask(TasksDocument, { first: 100, after, filter: { name } })).tasks),
  );
  const found = named ?? (await orb.ask(TaskByIdDocument, { id: which })).task;
  return found ?? missing("task", which, "orb task list");
}

/** The PTM of a name (its newest version), of `name@version`, or of an id. @throws OrbError NOT_FOUND */
export async function findPtm(orb: OrbClient, which: string): Promise<PtmPartsFragment> {
  const named = await firstOf(which, (name) =>
    everyItem(async (after) => (await orb.ask(PtmsDocument, { first: 100, after, filter: { name } })).ptms),
  );
  const found = named ?? (await orb.ask(PtmByIdDocument, { id: which })).ptm;
  return found ?? missing("PTM", which, "orb ptm list");
}

/** The pool of a name or an id. @throws OrbError NOT_FOUND */
export async function findPool(orb: OrbClient, which: string): Promise<PoolPartsFragment> {
  const pools = everyItem(async (after) => (await orb.ask(PoolsDocument, { first: 100, after })).pools);
  for await (const pool of pools) if (pool.name === which || pool.id === which) return pool;
  return missing("pool", which, "orb pool list");
}

/** The spider of a version; without one, the active. @throws OrbError NOT_FOUND */
export async function findSpider(orb: OrbClient, version: number | undefined): Promise<SpiderPartsFragment> {
  const spiders = everyItem(async (after) => (await orb.ask(SpidersDocument, { first: 100, after })).spiders);
  for await (const spider of spiders) {
    if (version === undefined ? spider.active : spider.version === version) return spider;
  }
  if (version === undefined) throw new OrbError("NOT_FOUND", "No spider is active; name one's version.");
  return missing("spider", String(version), "orb spider list");
}

async function firstOf<Entry extends { readonly version: number }>(
  which: string,
  search: (name: string) => AsyncIterable<Entry>,
): Promise<Entry | undefined> {
  for await (const entry of search(which)) return entry; // newest first
  const [, name, version] = /^(.+)@(\d+)$/.exec(which) ?? [];
  if (name === undefined) return undefined;
  for await (const entry of search(name)) if (entry.version === Number(version)) return entry;
  return undefined;
}

function missing(what: string, which: string, list: string): never {
  throw new OrbError("NOT_FOUND", `There is no ${what} "${which}"; \`${list}\` shows those that are there.`);
}
