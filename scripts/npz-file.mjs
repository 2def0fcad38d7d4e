// Writes arrays as numpy's .npz; the same arrays are the same file.
import { writeFile } from "node:fs/promises";

import { npzOf, textArray } from "../dist/src/archives/npz-writer.js";

export { textArray };

/** @param arrays [name, numpy's dtype, shape, typed array] each */
export async function writeNpz(file, arrays) {
  await writeFile(file, await npzOf(arrays));
}
