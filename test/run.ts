import { spawn } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startTemporaryServer } from "./support/postgres.js";

/**
 * `npm test [-- words]`: runs the test files (those whose path holds one of the words) against one real PostgreSQL:
 * that of DATABASE_URL, else an embedded one that lives as long as the run. Options (--...) go to `node --test`.
 */
const testFolder = fileURLToPath(new URL(".", import.meta.url));
const options = process.argv.slice(2).filter((argument) => argument.startsWith("--"));
// A source path (test/database/x.test.ts), as an editor or a shell completes it, names its compiled file.
const words = process.argv
  .slice(2)
  .filter((argument) => !argument.startsWith("--"))
  .map((word) => word.replace(/^(\.\/)?(dist\/)?test\//, "").replace(/\.ts$/, ".js"));

// Node 20 takes no glob patterns, so the files are listed here.
const files = (await readdir(testFolder, { recursive: true }))
  .filter((file) => file.endsWith(".test.js"))
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .sort()
  .map((file) => join(testFolder, file));

/** A test that hangs fails instead of holding CI until its own limit; the slowest file takes a tenth of this. */
const FILE_TIMEOUT_MS = 300_000;

if (files.length === 0) {
  console.error(`no test file's path holds any of: ${words.join(", ")}`);
  process.exitCode = 1;
} else {
  // Ctrl-C reaches the tests too (same group): stay until they have ended, then stop the server.
  process.on("SIGINT", () => undefined);
  const { DATABASE_URL, ...environment } = process.env;
  const server = DATABASE_URL === undefined ? await startTemporaryServer() : undefined;
  try {
    process.exitCode = await runTests({ ...environment, TEST_POSTGRES: server?.url ?? DATABASE_URL });
  } finally {
    await server?.stop();
  }
}

async function runTests(environment: NodeJS.ProcessEnv): Promise<number> {
  return await new Promise((resolve, reject) => {
    const limits = ["--test-concurrency=2", `--test-timeout=${FILE_TIMEOUT_MS}`];
    const child = spawn(process.execPath, ["--test", ...limits, ...options, ...files], {
      stdio: "inherit",
      env: environment,
    });
    process.once("SIGTERM", () => child.kill("SIGTERM"));
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
}
