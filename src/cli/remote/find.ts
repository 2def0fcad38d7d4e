import {
  everyItem,
  type OrbClient,
  OrbError,
  PtmByIdDocument,
  type PtmPartsFragment,
  PtmsDocument,
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
