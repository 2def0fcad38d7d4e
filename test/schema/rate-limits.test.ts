import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";

import { RawSocket } from "../support/raw-socket.js";
import { startTestServer } from "../support/server.js";

/** What Access lets one address get wrong in a minute. */
const MISTAKES = 60;

async function startServer(t: TestContext, ratePerMinute: number) {
  const server = await startTestServer({ config: { auth: "on", ratePerMinute } });
  t.after(() => server.close());
  return { server, address: `${server.address.replace("http", "ws")}/graphql` };
}

async function ask(
  address: string,
  key: string,
): Promise<{ status: number; retryAfter: number; body: string }> {
  const response = await fetch(`${address}/graphql`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ query: "{ a: __typename b: __typename c: __typename }" }),
  });
  return {
    status: response.status,
    retryAfter: Number(response.headers.get("retry-after")),
    body: await response.text(),
  };
}

function counted(values: readonly number[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

test("37: of a flood of one key as many are answered as it may send; the rest is told when, and other keys notice nothing", async (t) => {
  const { server } = await startServer(t, 20);
  const [flooding, other] = [await server.keyOf("VIEWER"), await server.keyOf("CURATOR")];
  const flood = Promise.all(Array.from({ length: 60 }, () => ask(server.address, flooding)));
  const quiet = Promise.all(Array.from({ length: 20 }, () => ask(server.address, other)));
  const answers = await flood;
  assert.deepEqual(counted(answers.map(({ status }) => status)), { 200: 20, 429: 40 });
  for (const { status, retryAfter, body } of answers) {
    if (status !== 429) continue;
    assert.ok(retryAfter >= 1 && retryAfter <= 60, String(retryAfter));
    assert.match(body, /"RESOURCE_EXHAUSTED"/);
  }
  assert.deepEqual(counted((await quiet).map(({ status }) => status)), { 200: 20 });
});

test("31: who guesses keys, however many fields each guess asks for, is told to wait; who holds one is not", async (t) => {
  const { server, address } = await startServer(t, 1000);
  const holder = await server.keyOf("VIEWER");
  const guess = (i: number) => ask(server.address, `orb_${"x".repeat(20)}${i}`);
  const guesses = await Promise.all(Array.from({ length: MISTAKES }, (_, i) => guess(i)));
  assert.deepEqual(counted(guesses.map(({ status }) => status)), { 401: MISTAKES });
  const { status, retryAfter } = await guess(MISTAKES);
  assert.equal(status, 429);
  assert.ok(retryAfter >= 1 && retryAfter <= 60, String(retryAfter));

  // Over a socket nobody guesses on, and the holder at the same address comes in by both doors.
  const guessing = await new RawSocket(address).opened();
  guessing.send({ type: "connection_init", payload: { authorization: "Bearer guess" } });
  assert.equal((await guessing.closed)[0], 4403);
  assert.equal((await ask(server.address, holder)).status, 200);
  await RawSocket.initialised(address, { authorization: `Bearer ${holder}` });
});

test("39: operations over a socket and requests over HTTP are counted together, and the socket stays open", async (t) => {
  const { server, address } = await startServer(t, 6);
  const [key, other] = [await server.keyOf("VIEWER"), await server.keyOf("CURATOR")];
  const socket = await RawSocket.initialised(address, { authorization: `Bearer ${key}` }); // the first of six
  assert.equal((await ask(server.address, key)).status, 200);
  for (const id of ["1", "2", "3", "4"]) {
    socket.subscribe(id, "{ __typename }");
    assert.equal((await socket.next()).type, "next");
    assert.equal((await socket.next()).type, "complete");
  }
  for (const query of ["{ __typename }", "subscription { rerankCompleted { id } }"]) {
    socket.subscribe("more", query);
    const [error] = await socket.nextErrors();
    assert.equal(error?.extensions.code, "RESOURCE_EXHAUSTED");
    assert.match(error.message, /try again in \d+ s/);
  }
  assert.equal((await ask(server.address, key)).status, 429);
  socket.send({ type: "ping" });
  assert.equal((await socket.next()).type, "pong");
  const open = await RawSocket.initialised(address, { authorization: `Bearer ${other}` });
  open.subscribe("1", "{ __typename }");
  assert.equal((await open.next()).type, "next");
});
