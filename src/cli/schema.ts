import { readFile, writeFile } from "node:fs/promises";

import { lexicographicSortSchema, printSchema } from "graphql";

import { allResolvers } from "../resolvers/all-resolvers.js";
import { buildOrbSchema } from "../schema/build-schema.js";
import { untoldBreakingChanges } from "./breaking-changes.js";

const FILE = new URL("../../../schema.graphql", import.meta.url);
const RELEASED = new URL("../../../docs/schema.released.graphql", import.meta.url);
const CHANGELOG = new URL("../../../CHANGELOG.md", import.meta.url);

/**
 * `orb schema`: writes the schema that programs and people read; with `--check` it only compares, also with that of the last
 * release: what breaks its clients must stand in the changelog.
 */
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
  const untold = untoldBreakingChanges(
    await readFile(RELEASED, "utf8"),
    text,
    await readFile(CHANGELOG, "utf8"),
  );
  if (untold.length > 0) {
    throw new Error(
      `The schema breaks clients of the last release. Undo that, or add to "### Breaking" of CHANGELOG.md:\n` +
        untold.map((change) => `- ${change}`).join("\n"),
    );
  }
}

/** Nothing is resolved while the schema is printed. */
const NO_SERVICES = {} as Parameters<typeof allResolvers>[0];
