// Builds the web page into dist/web, unless it was built from exactly these sources already: `npm run demo` then waits
// for nothing. Vite is called from here and not by its command, so that nothing reads a configuration twice.
import { createHash } from "node:crypto";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { root, run } from "./web/run.mjs";

const output = new URL("dist/web/", root);
const stamp = new URL("dist/web/.built-from", root);

const sources = await digestOfSources();
if ((await readFile(stamp, "utf8").catch(() => "")) !== sources) {
  await rm(output, { recursive: true, force: true });
  const [{ writeDocuments }, { bundle }, { writeGraphiql }, { writeManifest }] = await Promise.all([
    import("./web/documents.mjs"),
    import("./web/bundle.mjs"),
    import("./web/graphiql.mjs"),
    import("./web/manifest.mjs"),
  ]);
  await writeDocuments();
  await Promise.all([run("tsc", ["-p", fileURLToPath(new URL("web/", root))]), bundle(output)]);
  await writeGraphiql(output);
  await writeManifest(output);
  await writeFile(stamp, sources);
}

/** Of all that the page is made from, the packages' versions among it. */
async function digestOfSources() {
  const files = await readdir(new URL("web/", root), { recursive: true, withFileTypes: true });
  const paths = files
    .filter((entry) => entry.isFile() && !entry.parentPath.includes("/generated"))
    .map((entry) => `${entry.parentPath}/${entry.name}`);
  for (const name of await readdir(new URL("scripts/web/", root))) {
    paths.push(fileURLToPath(new URL(`scripts/web/${name}`, root)));
  }
  for (const name of ["package-lock.json", "schema.graphql", "scripts/build-web.mjs"]) {
    paths.push(fileURLToPath(new URL(name, root)));
  }
  const hash = createHash("sha256");
  for (const path of paths.sort())
    hash
      .update(path)
      .update("\0")
      .update(await readFile(path))
      .update("\0");
  return hash.digest("hex");
}
