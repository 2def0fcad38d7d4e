import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { uniformStream } from "../../src/engine/random.js";
import { repositoryRoot } from "../support/paths.js";
import { npyBytes } from "../support/npy-bytes.js";
import { honestZip } from "../support/zip-bytes.js";
import type { RetryingClient } from "./retrying-client.js";

const ZOO = new URL("zoo/", repositoryRoot);
export const ZOO_FOLDER = fileURLToPath(ZOO);

/** One entry that a client adds. */
export interface Addition {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What is to exist in the end, each exactly once. */
export interface Workload {
  readonly ptms: readonly Addition[];
  readonly tasks: readonly Addition[];
}

/** Real PTMs of the demo zoo, and small tasks made from the seed. */
export async function makeWorkload(ptmCount: number, taskCount: number, seed: number): Promise<Workload> {
  const { ptms } = JSON.parse(await readFile(new URL("ptms.json", ZOO), "utf8")) as {
    ptms: { id: string; role: string }[];
  };
  const candidates = ptms.filter(({ role }) => role === "candidate").slice(0, ptmCount);
  return {
    ptms: await Promise.all(
      candidates.map(async ({ id }) => ({
        name: id,
        bytes: await readFile(new URL(`ptms/${id}.onnx`, ZOO)),
      })),
    ),
    tasks: await Promise.all(Array.from({ length: taskCount }, (_, i) => makeTask(`task ${i}`, seed + i))),
  };
}

async function makeTask(name: string, seed: number): Promise<Addition> {
  const random = uniformStream(seed);
  const [count, classes] = [60, 3];
  const images = Uint8Array.from({ length: count * 32 * 32 * 3 }, () => Math.floor(256 * random()));
  const labels = BigInt64Array.from({ length: count }, (_, i) => BigInt(i % classes));
  const bytes = await honestZip({
    "images.npy": npyBytes("|u1", [count, 32, 32, 3], images),
    "labels.npy": npyBytes("<i8", [count], labels),
  });
  return { name, bytes };
}

const SIGNATURE = { input: "image", height: 32, width: 32, probabilities: "probabilities" };

interface Added {
  readonly entry: { readonly id: string } | null;
  readonly userErrors: readonly { readonly message: string }[];
}

/** Adds every entry through the API, a while between any two. @returns the id that the API gave to each name */
export async function addAll(
  client: RetryingClient,
  kind: "Ptm" | "Task",
  additions: readonly Addition[],
  pauseMs: () => number,
): Promise<Map<string, string>> {
  const field = kind.toLowerCase();
  const query = `mutation Add($input: Add${kind}Input!) { add${kind}(input: $input) { entry: ${field} { id } userErrors { message } } }`;
  const ids = new Map<string, string>();
  for (const { name, bytes } of additions) {
    const artifact = await client.upload(bytes);
    const input = { name, artifact, ...(kind === "Ptm" && { signature: SIGNATURE }) };
    const { entry, userErrors } = await client.ask<Added>(query, { input });
    if (entry === null) client.tally.unexpected.push(`add${kind} ${name}: ${JSON.stringify(userErrors)}`);
    else ids.set(name, entry.id);
    await delay(pauseMs());
  }
  return ids;
}

/** Reports one outcome for each pair, again and again differently seeded. @returns how many were accepted */
export async function reportAll(
  client: RetryingClient,
  tasks: ReadonlyMap<string, string>,
  ptms: ReadonlyMap<string, string>,
  pauseMs: () => number,
): Promise<number> {
  const query = `mutation Report($input: ReportOutcomeInput!) { reportOutcome(input: $input) { userErrors { message } } }`;
  let accepted = 0;
  for (const taskId of tasks.values()) {
    for (const ptmId of ptms.values()) {
      const input = { taskId, ptmId, value: accepted };
      const { userErrors } = await client.ask<Added>(query, { input });
      if (userErrors.length > 0) client.tally.unexpected.push(`reportOutcome: ${JSON.stringify(userErrors)}`);
      else accepted += 1;
      await delay(pauseMs());
    }
  }
  return accepted;
}
