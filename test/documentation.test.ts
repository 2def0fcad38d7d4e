import assert from "node:assert/strict";
import { access, readdir, readFile } from "node:fs/promises";
import { test } from "node:test";

import { repositoryRoot } from "./support/paths.js";

async function pages(folder: string): Promise<string[]> {
  const entries = await readdir(new URL(folder, repositoryRoot), { recursive: folder !== "./" });
  return entries.filter((entry) => entry.endsWith(".md")).map((entry) => `${folder}${entry}`);
}

test("every link between the pages leads to a file", async () => {
  const broken: string[] = [];
  for (const page of [...(await pages("./")), ...(await pages("docs/"))]) {
    const address = new URL(page, repositoryRoot);
    const text = await readFile(address, "utf8");
    for (const [, link] of text.matchAll(/\]\(([^)\s#]+)[^)]*\)/g)) {
      if (/^[a-z]+:/.test(link!)) continue;
      await access(new URL(link!, address)).catch(() => broken.push(`${page}: ${link}`));
    }
  }
  assert.deepEqual(broken, []);
});

test("the index of the decisions lists each record once, in order", async () => {
  const folder = new URL("docs/adr/", repositoryRoot);
  const index = await readFile(new URL("0001-record-decisions.md", folder), "utf8");
  const listed = [...index.matchAll(/\]\((\d{4}-[^)]+)\)/g)].map(([, file]) => file);
  const records = (await readdir(folder)).filter((file) => !file.startsWith("0001-")).sort();
  assert.deepEqual(listed, records);
});
