import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, test } from "node:test";
import { promisify } from "node:util";
import { type DataSource } from "typeorm";

import { createDataSource } from "../../src/database/data-source.js";
import { migrate, revertMigration } from "../../src/database/migrate.js";
import { migrations } from "../../migrations/index.js";
import { repositoryRoot } from "../support/paths.js";
import { createTestDatabase, type TestDatabase } from "../support/postgres.js";
import { sowRegistry } from "../support/registry-rows.js";

let database: TestDatabase;
let dataSource: DataSource;
beforeEach(async () => {
  database = await createTestDatabase();
  dataSource = createDataSource(database, { poolSize: 2, statementTimeoutMs: 10_000 });
  await dataSource.initialize();
});
afterEach(async () => {
  await dataSource.destroy();
  await database.drop();
});

const NAMES = migrations.map(({ name }) => name);

/** Everything that migrations make: columns, constraints, indexes, functions, triggers, domains. */
async function schemaOf(): Promise<unknown> {
  return dataSource.query(`
    SELECT 'column' AS kind, table_name || '.' || column_name AS name,
           concat_ws(' ', data_type, domain_name, is_nullable, column_default) AS definition
      FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'migrations'
    UNION ALL
    SELECT 'constraint', conrelid::regclass || ' ' || contypid || ' ' || conname, pg_get_constraintdef(oid)
      FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contypid = 0
       AND conrelid <> coalesce(to_regclass('migrations'), 0)
    UNION ALL
    SELECT 'domain', contypid::regtype::text, pg_get_constraintdef(oid)
      FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contypid <> 0
    UNION ALL
    SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'migrations'
    UNION ALL
    SELECT 'function', oid::regprocedure::text, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL
    SELECT 'trigger', tgrelid::regclass || ' ' || tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
    ORDER BY 1, 2, 3`);
}

test("migrate runs what is missing, once, and leaves no difference after down and up again", async () => {
  assert.deepEqual(await migrate(database), NAMES);
  const schema = await schemaOf();
  assert.deepEqual(await migrate(database), []);
  for (const _ of NAMES) await revertMigration(database);
  assert.deepEqual(await schemaOf(), []);
  assert.deepEqual(await migrate(database), NAMES);
  assert.deepEqual(await schemaOf(), schema);
});

test("migrations go down and up on a filled database", async () => {
  await migrate(database);
  const schema = await schemaOf();
  await sowRegistry(dataSource, 3);
  assert.deepEqual(await migrate(database), []);
  const [{ ptms }] = (await dataSource.query("SELECT count(*)::int AS ptms FROM ptm")) as [{ ptms: number }];
  assert.equal(ptms, 3);
  for (const _ of NAMES) await revertMigration(database);
  assert.deepEqual(await schemaOf(), []);
  await migrate(database);
  assert.deepEqual(await schemaOf(), schema);
  await sowRegistry(dataSource, 2); // the tables work, and are empty: names and versions are free
});

test("the newest migration alone goes down and up on a filled database", async () => {
  await migrate(database);
  const schema = await schemaOf();
  await sowRegistry(dataSource, 2);
  await revertMigration(database);
  assert.deepEqual(await migrate(database), NAMES.slice(-1));
  assert.deepEqual(await schemaOf(), schema);
});

test("of many that migrate at once, each migration is run by one", async () => {
  const ran = await Promise.all(Array.from({ length: 4 }, () => migrate(database)));
  assert.deepEqual(ran.flat(), NAMES);
});

test("two processes that migrate at once both succeed, and one of them migrates", async () => {
  const orb = fileURLToPath(new URL("dist/src/cli/main.js", repositoryRoot));
  const env = { ...process.env, DATABASE_URL: database.url };
  const run = async (): Promise<string> =>
    (await promisify(execFile)(process.execPath, [orb, "migrate"], { env })).stderr;
  const outputs = await Promise.all([run(), run()]);
  assert.equal(
    outputs.filter((output) => output.includes("nothing to migrate")).length,
    1,
    outputs.join("\n"),
  );
});

test("every entity has exactly its table's columns, and agrees which may be null", async () => {
  await migrate(database);
  await sowRegistry(dataSource, 2); // every column can be inserted
  for (const entity of dataSource.entityMetadatas) {
    const columns = (await dataSource.query(
      `SELECT column_name AS name, is_nullable = 'YES' AS nullable FROM information_schema.columns
       WHERE table_schema = 'public' AND table_name = $1`,
      [entity.tableName],
    )) as { name: string; nullable: boolean }[];
    const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1);
    assert.deepEqual(
      entity.columns
        .map(({ databaseName, isNullable }) => ({ name: databaseName, nullable: isNullable }))
        .sort(byName),
      columns.sort(byName),
      entity.tableName,
    );
    const [row] = await dataSource.getRepository(entity.target).find({ take: 1 });
    assert.ok(row, `no row of ${entity.tableName} was sown`);
  }
});

test("every table is an entity's, but for counters and what others bring", async () => {
  await migrate(database);
  const tables = (await dataSource.query(
    "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
  )) as { name: string }[];
  const entities = new Set(dataSource.entityMetadatas.map(({ tableName }) => tableName));
  assert.deepEqual(
    tables.map(({ name }) => name).filter((name) => !entities.has(name)),
    ["migrations", "outcome_change", "rate_limit", "zoo_change", "zoo_state"],
  );
});
