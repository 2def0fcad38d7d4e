import assert from "node:assert/strict";
import { once } from "node:events";
import { test, type TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";

import { WebSocket } from "ws";

import type { Config } from "../../src/config.js";
import { RawSocket } from "../support/raw-socket.js";
import { startTestServer, type TestServer } from "../support/server.js";

const POLL_MS = 5;

async function startServer(t: TestContext, config: Partial<Config>) {
  const server = await startTestServer({ config });
  t.after(() => server.close());
  return { server, address: `${server.address.replace("http", "ws")}/graphql` };
}

/** The status with which the server answers the wish for a socket, which goes again. */
async function answerTo(address: string): Promise<number> {
  const socket = new WebSocket(address, "graphql-transport-ws");
  const status = await Promise.race([
    once(socket, "open").then(() => 101),
    once(socket, "unexpected-response").then(
      ([, response]) => (response as { statusCode: number }).statusCode,
    ),
  ]);
  socket.on("error", () => undefined);
  socket.terminate();
  return status;
}

/** The value of a metric of the process. */
async function metricOf({ container }: TestServer, name: string): Promise<number> {
  const { body } = await container.metrics.text();
  return Number(new RegExp(`^${name} (\\d+)$`, "m").exec(body)![1]);
}

test("41: beyond its sockets a process answers 503, over HTTP it goes on, and a socket that goes makes room", async (t) => {
  const { server, address } = await startServer(t, { maxSockets: 3 });
  const sockets: RawSocket[] = [];
  for (let i = 0; i < 3; i++) sockets.push(await RawSocket.initialised(address));
  assert.equal(await answerTo(address), 503);
  assert.deepEqual(await server.ask("{ __typename }"), { __typename: "Query" });

  sockets[0]!.close();
  await sockets[0]!.closed;
  while ((await answerTo(address)) !== 101) await delay(POLL_MS); // the server learns of it after its client
  sockets[1]!.subscribe("1", "{ __typename }");
  assert.equal((await sockets[1]!.next()).type, "next");
});

test("44: a client that vanishes without a word is cut, and nothing of its subscriptions stays", async (t) => {
  const { server, address } = await startServer(t, { socketPingSeconds: 0.5 });
  // It answers no ping and reads on: to the server a machine that lost its network looks the same.
  const socket = await RawSocket.initialised(address, {}, { autoPong: false });
  for (const id of ["1", "2", "3"]) socket.subscribe(id, "subscription { rerankCompleted { id } }");
  const [code] = await socket.closed;
  assert.equal(code, 1006); // cut, not closed
  while (server.container.watchers > 0) await delay(POLL_MS);
  assert.equal(await metricOf(server, "orb_subscriptions"), 0);
  assert.equal(await answerTo(address), 101);
});
