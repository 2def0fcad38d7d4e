import assert from "node:assert/strict";
import { test } from "node:test";
import { Client } from "pg";
import { createTestDatabase } from "./postgres.js";

test("each test database is empty, its own, and gone after drop, open connections included", async () => {
  const [one, other] = [await createTestDatabase(), await createTestDatabase()];
  assert.notEqual(one.connection.database, other.connection.database);

  const byUrl = new Client({ connectionString: one.url });
  const byParts = new Client(one.connection);
  byParts.on("error", () => undefined); // drop ends it.
  await byUrl.connect();
  await byParts.connect();
  await byUrl.query("CREATE TABLE mine (n integer)");
  assert.equal((await byParts.query("SELECT FROM mine")).rowCount, 0);
  const { rows } = await byUrl.query(
    "SELECT current_database() AS name, current_setting('server_version_num')::int AS v",
  );
  const [row] = rows as { name: string; v: number }[];
  assert.equal(row?.name, one.connection.database);
  assert.ok(row.v >= 140_000, `PostgreSQL ${row.v} is older than 14`);
  await byUrl.end();
  await one.drop();
  await assert.rejects(new Client({ connectionString: one.url }).connect(), { code: "3D000" });
  await other.drop();
});
