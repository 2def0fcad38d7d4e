import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { after, test } from "node:test";

import { pino } from "pino";

import { answerJson, answerRefusal } from "../../src/schema/answer-refusal.js";
import { readJson } from "../../src/schema/read-json.js";
import { startTestServer } from "../support/server.js";

const server = await startTestServer();
after(() => server.close());

/** Sends bytes over a connection of their own. @returns all that comes back until the other side ends it */
function exchange(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    let answer = "";
    socket.setEncoding("utf8");
    socket.on("data", (chunk: string) => (answer += chunk));
    socket.once("close", () => resolve(answer));
    socket.once("error", reject);
    socket.write(text);
  });
}

const port = Number(new URL(server.address).port);
const QUERY = JSON.stringify({ query: "{ __typename }" });
const HEAD = "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";

test("13: pages of other sites are allowed nothing, and no cookie says who somebody is", async () => {
  const origin = "https://other.example";
  const preflight = await fetch(`${server.address}/graphql`, {
    method: "OPTIONS",
    headers: {
      origin,
      "access-control-request-method": "POST",
      "access-control-request-headers": "content-type",
    },
  });
  assert.ok(preflight.status >= 400, `${preflight.status}`);
  const answer = await fetch(`${server.address}/graphql`, {
    method: "POST",
    headers: { origin, "content-type": "application/json", cookie: "key=orb_1" },
    body: QUERY,
  });
  for (const { headers } of [preflight, answer]) {
    const told = [...headers.keys()];
    assert.deepEqual(
      told.filter((name) => name.startsWith("access-control-") || name === "set-cookie"),
      [],
    );
  }
});

/** An HTTP server with the least patience, for what takes a stranger's time. */
async function hastyServer(patienceMs: number): Promise<{ port: number; http: Server }> {
  const log = pino({ level: "silent" });
  const http = createServer(
    { headersTimeout: patienceMs, requestTimeout: 0, connectionsCheckingInterval: 20 },
    (request, response) =>
      void readJson(request, patienceMs).then(
        (body) => answerJson(response, 200, { body }),
        (error: unknown) => answerRefusal(request, response, "an id", error, log),
      ),
  );
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  return { port: (http.address() as AddressInfo).port, http };
}

test("17: connections that never end their headers or their body are closed, and others are served meanwhile", async (t) => {
  const hasty = await hastyServer(2_000);
  t.after(() => hasty.http.close());
  const slow = [
    ...Array.from({ length: 200 }, () => exchange(hasty.port, "POST /graphql HTTP/1.1\r\nHost: local")),
    ...Array.from({ length: 200 }, () => exchange(hasty.port, `${HEAD}Content-Length: 90\r\n\r\n{`)),
  ];
  const quick = await fetch(`http://127.0.0.1:${hasty.port}/`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: QUERY,
  });
  assert.deepEqual(await quick.json(), { body: JSON.parse(QUERY) as unknown });
  for (const answer of await Promise.all(slow)) assert.match(answer, /^HTTP\/1\.1 408 /);
});

test("18: requests whose length can be read in two ways, and headers that hold lines, are refused", async () => {
  const before = server.logged.length;
  const body = `${QUERY.length.toString(16)}\r\n${QUERY}\r\n0\r\n\r\n`;
  for (const headers of [
    `Content-Length: ${QUERY.length}\r\nTransfer-Encoding: chunked\r\n`,
    `Content-Length: ${QUERY.length}\r\nContent-Length: ${QUERY.length + 5}\r\n`,
    "Transfer-Encoding: chunked, identity\r\n",
    "Transfer-Encoding : chunked\r\n",
    "X-A: b\rGET /admin HTTP/1.1\r\n",
    "X-A: b\n GET /admin HTTP/1.1\r\n",
    "X-A: \0\r\n",
  ]) {
    const answer = await exchange(
      port,
      `${HEAD}${headers}\r\n${body}GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n`,
    );
    assert.match(answer, /^HTTP\/1\.1 400 /, headers);
    assert.equal(answer.match(/HTTP\/1\.1 /g)?.length, 1, "nothing that follows is taken for a request");
  }
  for (const line of server.logged.slice(before)) {
    assert.equal(line.trimEnd().split("\n").length, 1);
    assert.doesNotMatch(line, /admin/);
  }
});
