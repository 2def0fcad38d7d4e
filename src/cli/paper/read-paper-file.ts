import { readFile } from "node:fs/promises";

// From dist/src/cli/paper to the repository's root.
const paperFolder = new URL("../../../../test/refs/paper/", import.meta.url);

/** The text of a file under test/refs/paper, the facts released with the paper. */
export function readPaperFile(name: string): Promise<string> {
  return readFile(new URL(name, paperFolder), "utf8");
}
