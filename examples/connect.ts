import process from "node:process";

import { everyItem, OrbClient, PtmsDocument, TasksDocument } from "orbweaver-client";

/** The server that the environment names. */
export function connect(): OrbClient {
  const { ORB_SERVER = "http://127.0.0.1:4000", ORB_KEY } = process.env;
  return new OrbClient({ server: ORB_SERVER, key: ORB_KEY });
}

/** The newest task of a name. */
export async function taskNamed(orb: OrbClient, name: string) {
  const { tasks } = await orb.ask(TasksDocument, { first: 1, filter: { name }, orderBy: "NEWEST" });
  if (tasks.nodes[0] === undefined) throw new Error(`There is no task "${name}".`);
  return tasks.nodes[0];
}

/** The newest PTM of a name: every page is looked through, as any list may have several. */
export async function ptmNamed(orb: OrbClient, name: string) {
  const ptms = everyItem(async (after) => (await orb.ask(PtmsDocument, { first: 100, after })).ptms);
  for await (const ptm of ptms) if (ptm.name === name) return ptm;
  throw new Error(`There is no PTM "${name}".`);
}
