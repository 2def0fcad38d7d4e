import type { DataSource } from "typeorm";

import type { OpenJobs } from "../../metrics.js";

/** Jobs of all processes that wait or run, by kind and state; an index of open jobs answers it, however many are over. */
export async function openJobs(dataSource: DataSource): Promise<OpenJobs[]> {
  return dataSource.query(
    `SELECT kind, state, count(*)::int AS count, extract(epoch FROM now() - min(created_at))::float8 AS "ageSeconds"
     FROM job WHERE state IN ('QUEUED', 'RUNNING') GROUP BY kind, state`,
  );
}
