import type { DataSource } from "typeorm";

import { createDataSource, type DatabaseAddress } from "./data-source.js";

/** Any fixed number that other users of the server do not take; the letters of "orb" in ASCII. */
const MIGRATION_LOCK = 0x6f7262;

/**
 * Runs what migrations are missing. Processes that start together wait for each other on an advisory lock, which
 * PostgreSQL drops by itself when its holder dies.
 *
 * @returns the names of the migrations that this call ran
 */
export async function migrate(address: DatabaseAddress): Promise<string[]> {
  return underMigrationLock(address, async (dataSource) => {
    const done = await dataSource.runMigrations();
    return done.map((migration) => migration.name);
  });
}

/** Names of migrations that this program has and the database has not, oldest first. Others may be there: a newer program's. */
export async function pendingMigrations(dataSource: DataSource): Promise<string[]> {
  const done: { name: string }[] = await dataSource.query(`SELECT name FROM migrations`);
  const names = new Set(done.map(({ name }) => name));
  return dataSource.migrations
    .map((migration) => migration.constructor.name)
    .filter((name) => !names.has(name));
}

/** Takes back the newest migration. */
export async function revertMigration(address: DatabaseAddress): Promise<void> {
  await underMigrationLock(address, (dataSource) => dataSource.undoLastMigration());
}

/** On connections of its own: a migration of a large table may take longer than any request may. */
async function underMigrationLock<Result>(
  address: DatabaseAddress,
  work: (dataSource: DataSource) => Promise<Result>,
): Promise<Result> {
  const dataSource = createDataSource(address, { poolSize: 2, statementTimeoutMs: 0 });
  await dataSource.initialize();
  try {
    const lockHolder = dataSource.createQueryRunner();
    await lockHolder.query(`SELECT pg_advisory_lock($1)`, [MIGRATION_LOCK]);
    try {
      return await work(dataSource);
    } finally {
      await lockHolder.query(`SELECT pg_advisory_unlock($1)`, [MIGRATION_LOCK]);
      await lockHolder.release();
    }
  } finally {
    await dataSource.destroy();
  }
}
