// Writes what packages/client knows of the API from schema.graphql and packages/client/operations; with --check it
// only compares. The generated files are committed: a change of the API is then seen where programs will feel it.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";

import { preset } from "@graphql-codegen/client-preset";
import { codegen } from "@graphql-codegen/core";
import { parse } from "graphql";
import { format, resolveConfig } from "prettier";

const root = new URL("../", import.meta.url);
const operations = new URL("packages/client/operations/", root);
const target = new URL("packages/client/src/generated/", root);

const documents = await Promise.all(
  (await readdir(operations)).sort().map(async (location) => {
    const rawSDL = await readFile(new URL(location, operations), "utf8");
    return { location, rawSDL, document: parse(rawSDL) };
  }),
);
const sections = await preset.buildGeneratesSection({
  baseOutputDir: fileURLToPath(target),
  schema: parse(await readFile(new URL("schema.graphql", root), "utf8")),
  documents,
  plugins: [],
  pluginMap: {},
  presetConfig: { fragmentMasking: false, persistedDocuments: true },
  config: {
    documentMode: "string",
    useTypeImports: true,
    enumsAsTypes: true,
    emitLegacyCommonJSImports: false,
    importExtension: ".js",
    scalars: { ID: "string", DateTime: "string", Float32Vector: "string", Sha256: "string" },
  },
});

const check = process.argv.includes("--check");
for (const section of sections) {
  const name = basename(section.filename);
  // The other files look documents up by their text; ours are imported by name.
  if (name !== "graphql.ts" && name !== "persisted-documents.json") continue;
  const file = new URL(name, target);
  const style = await resolveConfig(fileURLToPath(file));
  const text = await format(await codegen(section), { ...style, filepath: name });
  if (!check) await writeFile(file, text);
  else if ((await readFile(file, "utf8").catch(() => "")) !== text) {
    console.error(
      `packages/client/src/generated/${name} is not what schema and operations say; run \`npm run schema\` and commit it.`,
    );
    process.exitCode = 1;
  }
}
