import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

import { codegen } from "@graphql-codegen/core";
import * as typedDocumentNode from "@graphql-codegen/typed-document-node";
import * as operations from "@graphql-codegen/typescript-operations";
import { parse } from "graphql";

import { root } from "./run.mjs";

const filename = fileURLToPath(new URL("web/src/generated/documents.ts", root));

/** Scalars as JSON carries them. */
const SCALARS = { DateTime: "string", Sha256: "string", Float32Vector: "string" };

/**
 * Makes typed documents of every .graphql file in web/src: a query that the schema does not answer fails the build, not
 * the visitor.
 */
export async function writeDocuments() {
  const folder = new URL("web/src/", root);
  const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".graphql"));
  const documents = await Promise.all(
    files.sort().map(async (location) => ({
      location,
      document: parse(await readFile(new URL(location, folder), "utf8")),
    })),
  );
  const output = await codegen({
    filename,
    schema: parse(await readFile(new URL("schema.graphql", root), "utf8")),
    documents,
    config: {
      scalars: SCALARS,
      useTypeImports: true,
      enumType: "string-literal",
      enumsAsTypes: true,
      skipTypename: true,
      avoidOptionals: { field: true },
      dedupeFragments: true,
    },
    plugins: [{ operations: {} }, { typedDocumentNode: {} }],
    pluginMap: { operations, typedDocumentNode },
  });
  await mkdir(dirname(filename), { recursive: true });
  // The same text keeps the same file: watchers and type checks need not start again.
  if ((await readFile(filename, "utf8").catch(() => "")) !== output) await writeFile(filename, output);
}
