import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { AccessKey } from "../../src/entities/access-key.js";
import { sowLongLists } from "../support/long-lists.js";
import { startTestServer, type TestServer } from "../support/server.js";

let server: TestServer;
before(async () => {
  server = await startTestServer();
  await sowLongLists(server);
});
after(() => server.close());

/** How many of a list a filter admits, and how many there are. */
async function counts(list: string, type: string, filter: object): Promise<[number, number]> {
  const answer = await server.ask<Record<"some" | "all", { totalCount: number }>>(
    `query ($filter: ${type}) {
      some: ${list}(first: 1, filter: $filter) { totalCount }
      all: ${list}(first: 1) { totalCount }
    }`,
    { filter },
  );
  return [answer.some.totalCount, answer.all.totalCount];
}

test("access keys are found by name, role, and what became of them", async () => {
  const keys = server.container.dataSource.getRepository(AccessKey);
  await keys.update({ name: "key 7" }, { role: "ADMIN", lastUsedAt: new Date("2026-01-01T00:00:00Z") });
  await keys.update({ name: "key 8" }, { revokedAt: new Date("2026-02-01T00:00:00Z") });
  const found = async (filter: object) => (await counts("accessKeys", "AccessKeyFilter", filter))[0];
  assert.equal(await found({ name: { eq: "KEY 7" } }), 1);
  assert.equal(await found({ name: { contains: "key 7" }, role: ["ADMIN"] }), 1);
  assert.equal(await found({ lastUsedAt: { lte: "2026-06-01T00:00:00Z" } }), 1);
  assert.equal(await found({ revokedAt: { gte: "2026-01-15T00:00:00Z" } }), 1);
  const [unrevoked, all] = await counts("accessKeys", "AccessKeyFilter", {
    not: { revokedAt: { gte: "2000-01-01T00:00:00Z" } },
  });
  assert.equal(unrevoked, all - 1);
});

test("webhooks are found by address, events and whether they are told", async () => {
  const found = async (filter: object) => (await counts("webhooks", "WebhookFilter", filter))[0];
  assert.equal(await found({ url: { contains: "HOOKS.example.org/7" } }), 1);
  await server.container.dataSource.query(
    `UPDATE webhook SET enabled = false, events = '{TASK_READY,TASK_FAILED}' WHERE url LIKE '%/7'`,
  );
  assert.equal(await found({ enabled: false }), 1);
  assert.equal(await found({ events: ["TASK_FAILED", "PTM_RETIRED"], enabled: false }), 1);
});

test("pools are found by name and state", async () => {
  const found = async (filter: object) => (await counts("pools", "PoolFilter", filter))[0];
  assert.equal(await found({ name: { in: ["Pool 3", "pool 4", "no such pool"] } }), 2);
  await server.container.dataSource.query(`UPDATE pool SET status = 'CANCELLED' WHERE name = 'pool 3'`);
  assert.equal(await found({ or: [{ status: ["CANCELLED"] }, { createdBy: { eq: "nobody" } }] }), 1);
});
