import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { readConfig } from "../../src/config.js";
import { Container } from "../../src/container.js";
import { createLogger } from "../../src/log.js";

/** What a registry holds, read from its tables and folders while nobody serves it. */
export interface Audit {
  /** Names of PTMs and tasks with the digest of their token, or with their status where they have none. */
  readonly tokens: Readonly<Record<string, string>>;
  readonly ids: readonly string[];
  readonly outcomes: number;
  readonly jobs: Readonly<Record<string, number>>;
  /** Attempts that jobs took, and how many jobs took so many. */
  readonly attempts: Readonly<Record<string, number>>;
  /** Jobs of the queue that are not over. */
  readonly unfinished: number;
  /** Jobs put on the queue without a row, twice for a row, or not at all. */
  readonly mismatched: number;
  readonly temporaryFiles: number;
}

export async function auditHome(home: string): Promise<Audit> {
  // Before the container opens: its start sweeps the folder.
  const temporaryFiles = (await readdir(join(home, "artifacts", "incoming")).catch(() => [])).length;
  const container = await Container.open(readConfig({ ORB_HOME: home }), createLogger("warn"));
  try {
    const all = async <Row>(sql: string): Promise<Row[]> => container.dataSource.query(sql);
    const entries = await all<{ id: string; name: string; token: string }>(`
      SELECT ptm.id, name, coalesce(digest, status) AS token FROM ptm LEFT JOIN ptm_token ON ptm_id = ptm.id
      UNION ALL
      SELECT task.id, name, coalesce(digest, status) AS token FROM task LEFT JOIN task_token ON task_id = task.id
      ORDER BY name`);
    const [counted] = await all<{ outcomes: number; unfinished: number; mismatched: number }>(`
      SELECT (SELECT count(*)::int FROM outcome) AS outcomes,
             (SELECT count(*)::int FROM pgboss.job WHERE state IN ('created', 'retry', 'active')) AS unfinished,
             (SELECT count(*)::int FROM job
              FULL JOIN (SELECT data->>'jobId' AS id, count(*) AS n FROM pgboss.job
                         WHERE name LIKE 'tokenize%' GROUP BY 1) AS queued ON queued.id = job.id::text
              WHERE job.id IS NULL OR n IS DISTINCT FROM 1) AS mismatched`);
    const tally = async (column: "state" | "attempts"): Promise<Record<string, number>> => {
      const rows = await all<{ key: string; n: number }>(
        `SELECT ${column}::text AS key, count(*)::int AS n FROM job GROUP BY 1 ORDER BY 1`,
      );
      return Object.fromEntries(rows.map(({ key, n }) => [key, n]));
    };
    return {
      tokens: Object.fromEntries(entries.map(({ name, token }) => [name, token])),
      ids: entries.map(({ id }) => id),
      jobs: await tally("state"),
      attempts: await tally("attempts"),
      ...counted!,
      temporaryFiles,
    };
  } finally {
    await container.close();
  }
}
