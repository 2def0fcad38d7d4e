import assert from "node:assert/strict";
import { after, test } from "node:test";

import { client, startTestServer } from "../support/server.js";

const server = await startTestServer({ config: { auth: "on", introspection: "CURATOR" } });
after(() => server.close());
const viewer = client(server.address, await server.keyOf("VIEWER"));
const curator = client(server.address, await server.keyOf("CURATOR"));

const SCHEMA = "{ __schema { queryType { name } } }";

test("11: the schema is told to those who may ask for it", async () => {
  assert.deepEqual(await curator.ask(SCHEMA), { __schema: { queryType: { name: "Query" } } });
  for (const query of [
    SCHEMA,
    `{ ...F } fragment F on Query { t: __type(name: "Ptm") { name } }`,
    `{ ... on Query { __schema { queryType { name } } } }`,
  ]) {
    const { status, data, errors } = await viewer.request(query);
    assert.deepEqual([status, data, errors![0]!.extensions.code], [403, undefined, "FORBIDDEN"], query);
  }
  assert.deepEqual(await viewer.ask("{ __typename }"), { __typename: "Query" });
});

test("11: who may not ask for the schema is not told it word by word either", async () => {
  for (const query of ["{ ptmz(first: 1) { id } }", "{ ptms(frist: 1) { nodes { id } } }"]) {
    const message = async (api: typeof viewer): Promise<string> =>
      (await api.request(query)).errors!.map(({ message }) => message).join();
    assert.match(await message(curator), /Did you mean/);
    assert.doesNotMatch(await message(viewer), /Did you mean/);
  }
});

test("the rate that is left is told, and each request costs one of it", async () => {
  const left = async (): Promise<{ limit: number; remaining: number }> =>
    (
      await viewer.ask<{ rateLimit: { limit: number; remaining: number } }>(
        "{ rateLimit { limit remaining resetAt } }",
      )
    ).rateLimit;
  const [first, second] = [await left(), await left()];
  assert.equal(first.limit, 60_000);
  assert.equal(second.remaining, first.remaining - 1);
});

test("37: processes that share the store count together, and one key's limit holds up no other", async () => {
  const shared = await startTestServer({
    config: { auth: "on", rateStore: "postgres", ratePerMinute: 5 },
  });
  const { Container } = await import("../../src/container.js");
  const other = await Container.open(shared.container.config, shared.container.log);
  try {
    const secret = await shared.keyOf("VIEWER");
    const addresses = [shared.address, await other.serve()];
    const statuses: number[] = [];
    for (let i = 0; i < 6; i++) {
      statuses.push((await client(addresses[i % 2]!, secret).request("{ __typename }")).status);
    }
    assert.deepEqual(statuses, [200, 200, 200, 200, 200, 429]);
    assert.equal((await shared.request("{ __typename }")).status, 200);
  } finally {
    await other.close();
    await shared.close();
  }
});
