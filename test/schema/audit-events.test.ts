import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { audit } from "../../src/services/access/audit.js";
import { localViewer } from "../../src/services/access/viewer.js";
import { client, startTestServer, type TestServer } from "../support/server.js";

interface Page {
  readonly auditEvents: {
    readonly totalCount: number;
    readonly nodes: readonly {
      readonly actor: string;
      readonly action: string;
      readonly subjectId: string;
      readonly changes: readonly object[];
    }[];
    readonly pageInfo: { readonly endCursor: string; readonly hasNextPage: boolean };
  };
}

const QUERY = `query ($first: Int!, $after: String, $filter: AuditFilter) {
  auditEvents(first: $first, after: $after, filter: $filter) {
    totalCount nodes { id at actor role action requestId subjectType subjectId changes { field before after } }
    pageInfo { endCursor hasNextPage }
  } }`;
const EVENTS = 1203; // more than a page of the export

let server: TestServer;
before(async () => {
  server = await startTestServer({ config: { auth: "on" } });
  await server.container.dataSource.transaction(async (manager) => {
    for (let i = 0; i < EVENTS; i++) {
      await audit(manager, localViewer(i % 3 === 0 ? "Ada" : "Lin"), {
        action: i % 2 === 0 ? "addPtm" : "updatePtm",
        subject: { type: "Ptm", id: `00000000-0000-7000-8000-${String(i).padStart(12, "0")}` },
        before: i % 2 === 0 ? null : { name: "old", tags: [] },
        after: { name: `new ${i}`, tags: [] },
      });
    }
  });
});
after(() => server.close());

test("administrators read the audit page by page, newest first, under conditions", async () => {
  const filter = { actor: "Ada", action: "updatePtm" };
  const first = (await server.ask<Page>(QUERY, { first: 2, filter })).auditEvents;
  assert.equal(first.totalCount, 200);
  const next = await server.ask<Page>(QUERY, { first: 2, filter, after: first.pageInfo.endCursor });
  const names = [...first.nodes, ...next.auditEvents.nodes].map(({ changes }) => changes[0]);
  const expected = [1197, 1191, 1185, 1179].map((i) => ({
    field: "name",
    before: `"old"`,
    after: `"new ${i}"`,
  }));
  assert.deepEqual(names, expected);
});

test("the events of one object are found by its id, those of a time by its ends", async () => {
  const [node] = (await server.ask<Page>(QUERY, { first: 1, filter: { actor: "Lin" } })).auditEvents.nodes;
  const one = await server.ask<Page>(QUERY, { first: 5, filter: { subject: node!.subjectId } });
  assert.deepEqual(one.auditEvents.nodes, [node]);
  const [now, long] = [new Date(Date.now() + 60_000), new Date(0)];
  assert.equal(
    (await server.ask<Page>(QUERY, { first: 1, filter: { since: now } })).auditEvents.totalCount,
    0,
  );
  assert.equal(
    (await server.ask<Page>(QUERY, { first: 1, filter: { until: long } })).auditEvents.totalCount,
    0,
  );
});

async function exported(query: string, secret: string): Promise<{ status: number; text: string }> {
  const response = await fetch(`${server.address}/audit.ndjson${query}`, {
    headers: { authorization: `Bearer ${secret}` },
  });
  return { status: response.status, text: await response.text() };
}

test("the export is all of the audit, one JSON object a line, oldest first", async () => {
  const { accessKey, secret } = await server.container.services.createAccessKey.run(
    { name: "exporter", role: "ADMIN" },
    localViewer("test"),
  );
  const { status, text } = await exported("", secret);
  assert.equal(status, 200);
  const events = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { id: string; action: string; subjectId: string });
  assert.equal(events.length, EVENTS + 2); // the keys of this test are in it
  const ids = events.map(({ id }) => id);
  assert.deepEqual([...ids].sort(), ids);
  assert.equal(events.at(-1)!.subjectId, accessKey.id);
  const some = await exported("?actor=Ada&action=addPtm", secret);
  assert.equal(some.text.trimEnd().split("\n").length, 201);
  assert.equal((await exported("?since=never", secret)).status, 400);
  assert.equal((await exported("?colour=red", secret)).status, 400);
});

test("32: nobody else reads the audit", async () => {
  const curator = await server.keyOf("CURATOR");
  assert.equal((await exported("", curator)).status, 403);
  const answer = await client(server.address, curator).request(QUERY, { first: 1 });
  assert.deepEqual([answer.status, answer.errors![0]!.extensions.code], [403, "FORBIDDEN"]);
});
