import { access, chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Client } from "pg";

import type { Config } from "../../config.js";
import { startEmbeddedPostgres } from "../../database/embedded-postgres.js";
import { fail, type Finding, ok } from "./finding.js";

const OLDEST_SERVER = 140_000;
const CONNECT_MS = 5_000;

/** The server of DATABASE_URL, or else whether this machine runs the embedded one. */
export async function checkDatabase({ databaseUrl, home }: Config): Promise<Finding> {
  return databaseUrl === undefined ? checkEmbedded(home) : checkServer(databaseUrl);
}

async function checkServer(connectionString: string): Promise<Finding> {
  const client = new Client({ connectionString, connectionTimeoutMillis: CONNECT_MS });
  client.on("error", () => undefined); // told by the query that it cuts
  await client.connect();
  try {
    const { rows } = await client.query<{ number: string; name: string }>(
      "SELECT current_setting('server_version_num') AS number, current_database() AS name",
    );
    const { number, name } = rows[0]!;
    const says = `PostgreSQL ${Math.floor(Number(number) / 10_000)} of DATABASE_URL, database "${name}"`;
    return Number(number) < OLDEST_SERVER ? fail(says, "Use PostgreSQL 14 or newer.") : ok(says);
  } finally {
    await client.end();
  }
}

/** Starts it: on the data that are there, else on a cluster that goes again. */
async function checkEmbedded(home: string): Promise<Finding> {
  const present = join(home, "postgres");
  const isThere = await access(present).then(
    () => true,
    () => false,
  );
  const temporary = isThere ? undefined : await mkdtemp(join(tmpdir(), "orb-doctor-"));
  try {
    if (temporary !== undefined) await chmod(temporary, 0o711); // root hands the database to another user
    const dataFolder = temporary === undefined ? present : join(temporary, "postgres");
    const postgres = await startEmbeddedPostgres({ dataFolder, log: () => undefined });
    await postgres.close();
    return ok(
      temporary === undefined
        ? `the embedded PostgreSQL starts on ${present}`
        : "the embedded PostgreSQL starts; it has no data yet",
    );
  } finally {
    if (temporary !== undefined) await rm(temporary, { recursive: true, force: true });
  }
}
