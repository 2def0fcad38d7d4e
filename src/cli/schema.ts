import { readFile, writeFile } from "node:fs/promises";

import { lexicographicSortSchema, printSchema } from "graphql";

import { allResolvers } from "../resolvers/all-resolvers.js";
import { buildOrbSchema } from "../schema/build-schema.js";

const FILE = new URL("../../../schema.graphql", import.meta.url);

/** `orb schema`: writes the schema that programs and people read; with `--check` it only compares. */
export async function schemaCommand({ check = false }: { check?: boolean }): Promise<void> {
  const text = `${printSchema(lexicographicSortSchema(await buildOrbSchema(allResolvers(NO_SERVICES))))}\n`;
  if (!check) {
    await writeFile(FILE, text);
    return;
  }
  const committed = await readFile(FILE, "utf8").catch(() => "");
  if (committed !== text) {
    throw new Error("schema.graphql is not what the code says; run `npm run schema` and commit it.");
  }
}

/** Nothing is resolved while the schema is printed. */
const NO_SERVICES = {} as Parameters<typeof allResolvers>[0];
