import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";

/** Writes bytes to a file that lives as long as the test, and returns its path. */
export async function temporaryFile(t: TestContext, bytes: Uint8Array, name = "archive"): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "orbweaver-test-"));
  t.after(() => rm(folder, { recursive: true }));
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}
