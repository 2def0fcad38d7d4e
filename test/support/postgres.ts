import { randomUUID } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { startEmbeddedPostgres } from "../../src/database/embedded-postgres.js";

/** A database of one test's own, empty. */
export interface TestDatabase {
  /** For pg and pg-boss; names a unix socket folder or an ordinary server. */
  readonly url: string;
  /** The same taken apart, for TypeORM, whose own reading of addresses knows no socket folders. */
  readonly connection: {
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly password: string | undefined;
    readonly database: string;
  };
  drop(): Promise<void>;
}

let server: Promise<string> | undefined;

/**
 * Makes a database on the server that test/run.ts started (TEST_POSTGRES, the address of any of its databases), or,
 * when a test file is run alone, on one of its own that ends with the file.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  server ??= Promise.resolve(process.env["TEST_POSTGRES"] ?? (await startServerOfThisFile()));
  const serverUrl = await server;
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  await administer(serverUrl, `CREATE DATABASE ${name}`);
  const url = withDatabase(serverUrl, name);
  const { host, port, user = "", password } = new Client({ connectionString: url });
  return {
    url,
    connection: { host, port, user, password: password ?? undefined, database: name },
    // FORCE: a test that failed may have left connections open, and must not hide its own error behind this one.
    drop: async () => await administer(serverUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

/** Starts a server in a temporary folder. `stop` also removes the folder. */
export async function startTemporaryServer(): Promise<{ url: string; stop(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "orbweaver-test-"));
  await chmod(folder, 0o711); // mkdtemp's 0700 would keep out the user that root hands the server to.
  const postgres = await startEmbeddedPostgres({
    dataFolder: join(folder, "postgres"),
    log: () => undefined,
  });
  const url = `postgresql://${postgres.user}@/${postgres.database}?host=${encodeURIComponent(postgres.host)}&port=${postgres.port}`;
  // Nothing here need survive a power cut, and each CREATE or DROP DATABASE flushes otherwise.
  await administer(url, "ALTER SYSTEM SET fsync = off");
  await administer(url, "SELECT pg_reload_conf()");
  return {
    url,
    stop: async () => {
      await postgres.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function startServerOfThisFile(): Promise<string> {
  const own = await startTemporaryServer();
  // Not node:test's `after`: called inside a test it would stop the server with that test, not with the file.
  process.once("beforeExit", () => void own.stop());
  return own.url;
}

async function administer(serverUrl: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** Replaced in the text, for `postgresql://user@/name?host=/folder` has no host and is no URL to the URL class. */
function withDatabase(url: string, name: string): string {
  return url.replace(/^([a-z]+:\/\/[^/]*\/)[^?]*/, `$1${name}`);
}
