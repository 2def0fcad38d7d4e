import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { after, test } from "node:test";

import { createClient } from "graphql-ws";
import { WebSocket } from "ws";

import { type PayloadError, RawSocket } from "../support/raw-socket.js";
import { startTestServer } from "../support/server.js";
import { statementsOf } from "../support/statements.js";

const server = await startTestServer({ config: { auth: "on" } });
after(() => server.close());

const address = `${server.address.replace("http", "ws")}/graphql`;
const ACCESS_KEY = await server.keyOf("CONTRIBUTOR");
const PARAMETERS = { authorization: `Bearer ${ACCESS_KEY}` };

test("a client of graphql-ws asks and gets the same as over HTTP", async () => {
  const client = createClient({ url: address, webSocketImpl: WebSocket, connectionParams: PARAMETERS });
  const query = "{ ptms(first: 2) { totalCount nodes { id } } spider { id } }";
  const answers: unknown[] = [];
  for await (const { data } of client.iterate({ query })) answers.push(data);
  await client.dispose();
  assert.deepEqual(answers, [await server.ask(query)]);
});

test("38: a socket that says nothing is closed with 4408", async () => {
  assert.deepEqual((await new RawSocket(address).closed)[0], 4408);
});

for (const parameters of [{}, { authorization: "Bearer wrong" }, { authorization: 7 }]) {
  test(`38: ${JSON.stringify(parameters)} as connection parameters closes with 4403`, async () => {
    const socket = await new RawSocket(address).opened();
    socket.send({ type: "connection_init", payload: parameters });
    assert.equal((await socket.closed)[0], 4403);
  });
}

test("38: a second connection_init closes with 4429", async () => {
  const socket = await RawSocket.initialised(address, PARAMETERS);
  socket.send({ type: "connection_init", payload: PARAMETERS });
  assert.equal((await socket.closed)[0], 4429);
});

for (const [what, message] of [
  ["text that is not JSON", "garbage"],
  ["JSON of another shape", { type: "nonsense" }],
  ["a subscribe without a query", { id: "1", type: "subscribe", payload: {} }],
  ["an array", "[1,2]"],
  ["null", "null"],
] as const) {
  test(`38: ${what} closes with 4400`, async () => {
    const socket = await RawSocket.initialised(address, PARAMETERS);
    socket.send(message);
    assert.equal((await socket.closed)[0], 4400);
  });
}

test("38: a socket without the subprotocol is closed with 4406", async () => {
  const client = new WebSocket(address);
  assert.equal((await once(client, "close"))[0], 4406);
});

test("38: an operation before the acknowledgement closes with 4401", async () => {
  const socket = await new RawSocket(address).opened();
  socket.subscribe("1", "{ __typename }");
  assert.equal((await socket.closed)[0], 4401);
});

test("38: an id that is in use closes with 4409", async () => {
  const socket = await RawSocket.initialised(address, PARAMETERS);
  socket.subscribe("1", "{ spiders(first: 1) { totalCount } }");
  socket.subscribe("1", "{ spiders(first: 1) { totalCount } }");
  assert.equal((await socket.closed)[0], 4409);
});

const tooMany = Array.from({ length: 101 }, (_, i) => `a${i}: __typename`).join(" ");
for (const [code, query, variables] of [
  ["DEPTH_LIMIT", "{ jobs(first: 1) { nodes { ptm { job { ptm { job { ptm { job { id } } } } } } } } }", {}],
  ["ALIAS_LIMIT", `{ ${tooMany} }`, {}],
  [
    "COST_LIMIT",
    "{ ptms(first: 100) { nodes { outcomes(first: 100) { nodes { task { outcomes(first: 100) { totalCount nodes { id } } } } } } } }",
    {},
  ],
  ["GRAPHQL_PARSE_FAILED", "{", {}],
  ["GRAPHQL_PARSE_FAILED", `{ ${"__typename ".repeat(6000)} }`.slice(0, 60_000), {}],
  ["GRAPHQL_VALIDATION_FAILED", "{ nothing }", {}],
  ["OPERATION_RESOLUTION_FAILURE", "query A { __typename } query B { __typename }", {}],
  ["BAD_USER_INPUT", "query ($n: Int!) { ptms(first: $n) { totalCount } }", { n: "ten" }],
  ["BAD_USER_INPUT", "query ($n: Int!) { ptms(first: $n) { totalCount } }", {}],
  ["BAD_USER_INPUT", "{ ptms(first: 0) { totalCount } }", {}],
  ["NOT_FOUND", `{ rank(taskId: "x") { id } }`, {}],
] as const) {
  test(`39: ${query.slice(0, 60)} ${JSON.stringify(variables)} over a socket is refused with ${code}`, async () => {
    const socket = await RawSocket.initialised(address, PARAMETERS);
    socket.subscribe("1", query, variables);
    for (const { message, extensions } of await socket.nextErrors()) {
      assert.equal(extensions.code, code, message);
      assert.match(extensions.requestId, /^[0-9a-f-]{36}$/);
      assert.doesNotMatch(message, /\/tmp\/|node_modules|SELECT/);
    }
  });
}

test("39: what is refused over a socket reaches no resolver", async () => {
  const socket = await RawSocket.initialised(address, PARAMETERS);
  const statements = await statementsOf(server.container.dataSource, async () => {
    socket.subscribe("1", `{ ${tooMany.replaceAll("__typename", "spider { id }")} }`);
    await socket.nextErrors();
  });
  assert.deepEqual(statements, []);
});

test("41: a socket runs at most 20 operations at a time, and again when they are done", async () => {
  const socket = await RawSocket.initialised(address, PARAMETERS);
  for (let id = 0; id < 200; id++) socket.subscribe(String(id), "{ spiders(first: 1) { totalCount } }");
  const codes = new Map<string, number>();
  for (let over = 0; over < 200;) {
    const { type, payload } = await socket.next();
    if (type === "next") continue; // its complete follows
    const code = type === "error" ? (payload as PayloadError[])[0]!.extensions.code : type;
    codes.set(code, (codes.get(code) ?? 0) + 1);
    over++;
  }
  assert.ok(codes.get("RESOURCE_EXHAUSTED")! > 0, JSON.stringify([...codes]));
  assert.ok(codes.get("complete")! >= 20, JSON.stringify([...codes]));
  socket.subscribe("again", "{ __typename }");
  assert.equal((await socket.next()).type, "next");
});

test("42: a message of more than 64 kB, whole or in fragments, closes with 1009", async () => {
  const whole = await RawSocket.initialised(address, PARAMETERS);
  whole.send(Buffer.alloc(100_000, " "));
  assert.equal((await whole.closed)[0], 1009);

  const client = new WebSocket(address, "graphql-transport-ws");
  await once(client, "open");
  client.on("error", () => undefined);
  const closed = once(client, "close");
  for (let i = 0; i < 1000 && client.readyState === WebSocket.OPEN; i++)
    client.send(" ".repeat(100), { fin: false });
  assert.equal((await closed)[0], 1009);
});

test("42: compression is not offered, so nothing can be inflated", async () => {
  const client = new WebSocket(address, "graphql-transport-ws", { perMessageDeflate: true });
  await once(client, "open");
  assert.equal(client.extensions, "");
  client.terminate();
});

/** The status line of the answer to an upgrade request. */
async function upgradeStatus(headers: Record<string, string>, path = "/graphql"): Promise<string> {
  const { hostname, port, host } = new URL(server.address);
  const socket = connect(Number(port), hostname);
  const lines = Object.entries({
    Host: host,
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Key": Buffer.alloc(16).toString("base64"),
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Protocol": "graphql-transport-ws",
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`GET ${path} HTTP/1.1\r\n${lines.join("")}\r\n`);
  const [answer] = (await once(socket, "data")) as [Buffer];
  socket.destroy();
  return answer.toString().split("\r\n")[0]!;
}

test("47: a page of another site cannot open a socket", async () => {
  const own = new URL(server.address).host;
  assert.match(await upgradeStatus({}), / 101 /);
  assert.match(await upgradeStatus({ Origin: `http://${own}` }), / 101 /);
  for (const origin of ["https://evil.example", "null", "http://127.0.0.1:1", `http://${own}.evil.example`]) {
    assert.match(await upgradeStatus({ Origin: origin, Cookie: "session=1" }), / 403 /, origin);
  }
  assert.match(await upgradeStatus({}, "/elsewhere"), / 404 /);
});

test("a socket that its client cuts leaves the server well", async () => {
  const { hostname, port } = new URL(server.address);
  for (let i = 0; i < 10; i++) {
    const socket = connect(Number(port), hostname);
    socket.write("GET /graphql HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n");
    socket.resetAndDestroy();
  }
  assert.equal((await fetch(`${server.address}/livez`)).status, 200);
});

test("28: over HTTP a missing, malformed or wrong key is 401", async () => {
  for (const authorization of [undefined, "", "Bearer", "Bearer wrong", `Basic ${ACCESS_KEY}`, ACCESS_KEY]) {
    const response = await fetch(`${server.address}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", ...(authorization !== undefined && { authorization }) },
      body: JSON.stringify({ query: "{ __typename }" }),
    });
    const { errors } = (await response.json()) as { errors: PayloadError[] };
    assert.deepEqual([response.status, errors[0]!.extensions.code], [401, "UNAUTHENTICATED"]);
    assert.equal(JSON.stringify(errors).includes(ACCESS_KEY), false);
  }
  const upload = await fetch(`${server.address}/artifacts/${"0".repeat(64)}`, { method: "PUT", body: "x" });
  assert.equal(upload.status, 401);
});
