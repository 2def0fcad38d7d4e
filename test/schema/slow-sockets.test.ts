import assert from "node:assert/strict";
import { once } from "node:events";
import { after, test } from "node:test";

import { WebSocket } from "ws";

import { Ptm } from "../../src/entities/ptm.js";
import { toGlobalId } from "../../src/schema/global-id.js";
import { sowRegistry } from "../support/registry-rows.js";
import { startTestServer } from "../support/server.js";

const server = await startTestServer();
after(() => server.close());
const { dataSource, metrics } = server.container;
const address = `${server.address.replace("http", "ws")}/graphql`;
const MEBIBYTE = 1024 * 1024;

async function connected(): Promise<WebSocket> {
  const socket = new WebSocket(address, "graphql-transport-ws");
  after(() => socket.terminate());
  await once(socket, "open");
  socket.send(JSON.stringify({ type: "connection_init" }));
  await once(socket, "message");
  return socket;
}

/** What waits in the server for its clients, in bytes. */
async function waiting(): Promise<number> {
  return Number(/^orb_socket_waiting_bytes (\d+)$/m.exec((await metrics.text()).body)![1]);
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
}

test("43: a subscriber that does not read has one event waiting after thousands, and then gets the newest", async () => {
  const { ptmIds } = await sowRegistry(dataSource, 2);
  const [id] = ptmIds;
  const ptms = dataSource.getRepository(Ptm);
  // Every event is large, so that a few of them fill what the two kernels hold for the connection.
  const card = "x".repeat(4000);
  const fields = Array.from({ length: 90 }, (_, i) => `f${i}: card`).join(" ");
  await ptms.update({ id: id! }, { card });
  const socket = await connected();
  const query = `subscription { ptmUpdated(ptmId: "${toGlobalId("Ptm", id!)}") { license ${fields} } }`;
  socket.send(JSON.stringify({ id: "1", type: "subscribe", payload: { query } }));
  await once(socket, "message");
  socket.pause();

  let largest = 0;
  const [ROUNDS, UPDATES] = [12, 250];
  for (let round = 0; round < ROUNDS; round++) {
    // Each with a commit and so a notice of its own.
    await dataSource.query(
      `DO $$ BEGIN FOR i IN 1..${UPDATES} LOOP
         UPDATE ptm SET license = '${round} ' || i WHERE id = '${id}'; COMMIT;
       END LOOP; END $$`,
    );
    largest = Math.max(largest, await waiting());
  }
  await ptms.update({ id: id! }, { license: "the last" });
  assert.ok(largest > 0, "the test must fill the kernels' buffers");
  assert.ok(largest < MEBIBYTE, `${largest} bytes wait`);

  let events = 0;
  const last = new Promise<void>((resolve) => {
    socket.on("message", (data: Buffer) => {
      events++;
      if (data.toString("latin1", 0, 200).includes('"the last"')) resolve();
    });
  });
  socket.resume();
  await last;
  assert.ok(events < ROUNDS * UPDATES * 0.5, `${events} events`);
  assert.equal(socket.readyState, WebSocket.OPEN);
});

test("43: whoever asks without reading the answers is not listened to, then closed with 4413 and a hint", async () => {
  const socket = await connected();
  const closed = once(socket, "close") as Promise<[number, Buffer]>;
  socket.pause();
  const ping = JSON.stringify({ type: "ping", payload: { echo: "x".repeat(50_000) } }); // the pong is as long
  let isOver = false;
  const send = (): void => {
    if (!isOver) socket.send(ping, () => setImmediate(send)); // as fast as the server takes them
  };
  for (let i = 0; i < 20; i++) send();
  let largest = 0;
  await until(async () => {
    largest = Math.max(largest, await waiting());
    const { body } = await metrics.text();
    return body.includes(`orb_requests_total{operation="socket",code="TOO_SLOW"} 1`);
  });
  isOver = true;
  assert.ok(largest > MEBIBYTE && largest < 3 * MEBIBYTE, `${largest} bytes wait`);
  socket.resume();
  const [code, reason] = await closed;
  assert.equal(code, 4413);
  assert.match(reason.toString(), /subscribe anew/);
});

test("41: a key has 100 sockets at most, and another when one of them is gone", async () => {
  const sockets = await Promise.all(Array.from({ length: 100 }, () => connected()));
  const further = new WebSocket(address, "graphql-transport-ws");
  await once(further, "open");
  further.send(JSON.stringify({ type: "connection_init" }));
  assert.equal((await once(further, "close"))[0], 4429);
  sockets[0]!.close();
  await once(sockets[0]!, "close");
  await connected();
});
