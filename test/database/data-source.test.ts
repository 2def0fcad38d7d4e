import assert from "node:assert/strict";
import { test } from "node:test";

import { QueryRunnerAlreadyReleasedError, QueryRunnerProviderAlreadyReleasedError } from "typeorm";

import { createDataSource } from "../../src/database/data-source.js";
import { toDomainError } from "../../src/schema/format-error.js";
import { createTestRegistry } from "../support/registry.js";

test("a server that hangs is UNAVAILABLE in bounded time, and the connection serves again when it is back", async (t) => {
  const registry = await createTestRegistry();
  if ("url" in registry.address) {
    await registry.drop();
    t.skip("needs a server on this machine, to freeze its process");
    return;
  }
  const dataSource = await createDataSource(registry.address, {
    poolSize: 1,
    statementTimeoutMs: 100,
  }).initialize();
  t.after(async () => {
    await dataSource.destroy();
    await registry.drop();
  });
  const [{ pid }] = (await dataSource.query("SELECT pg_backend_pid() AS pid")) as [{ pid: number }];
  process.kill(pid, "SIGSTOP");
  try {
    await assert.rejects(dataSource.query("SELECT 1 AS one"), (error) => {
      assert.equal(toDomainError(error)?.code, "UNAVAILABLE", String(error));
      return true;
    });
  } finally {
    process.kill(pid, "SIGCONT");
  }
  assert.deepEqual(await dataSource.query("SELECT 2 AS two"), [{ two: 2 }]);
});

test("16: a statement over its limit is cancelled by the server, TIMEOUT, and gives its connection back", async (t) => {
  const registry = await createTestRegistry();
  const dataSource = await createDataSource(registry.address, {
    poolSize: 1,
    statementTimeoutMs: 100,
  }).initialize();
  t.after(async () => {
    await dataSource.destroy();
    await registry.drop();
  });
  await assert.rejects(dataSource.query("SELECT pg_sleep(10)"), (error) => {
    assert.equal(toDomainError(error)?.code, "TIMEOUT", String(error));
    return true;
  });
  assert.deepEqual(await dataSource.query("SELECT 2 AS two"), [{ two: 2 }]);
});

test("a connection that dies between two statements of a transaction is UNAVAILABLE", async (t) => {
  const registry = await createTestRegistry();
  t.after(() => registry.drop());
  const { dataSource } = registry;
  const broken = dataSource.transaction(async (manager) => {
    const [own] = await manager.query<{ pid: number }[]>("SELECT pg_backend_pid() AS pid");
    await dataSource.query("SELECT pg_terminate_backend($1, 5000)", [own!.pid]);
    // Until TypeORM has heard of it, statements fail with the driver's words; then with its own.
    for (;;) await manager.query("SELECT 1");
  });
  await assert.rejects(broken, (error) => {
    assert.equal(toDomainError(error)?.code, "UNAVAILABLE", String(error));
    return true;
  });
  for (const error of [
    new QueryRunnerAlreadyReleasedError(),
    new QueryRunnerProviderAlreadyReleasedError(),
  ]) {
    assert.equal(toDomainError(error)?.code, "UNAVAILABLE");
  }
});
