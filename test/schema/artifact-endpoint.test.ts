import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { Agent, createServer, type IncomingMessage, request as httpRequest, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { after, test } from "node:test";
import { deferContinue, handleArtifactRequest } from "../../src/schema/artifact-endpoint.js";
import { DomainError } from "../../src/errors.js";
import type { ArtifactStore } from "../../src/storage/artifact-store.js";
import { LocalDiskStore } from "../../src/storage/local-disk.js";

const MAX_BYTES = 1 << 20;
const STALL = 120; // ms

const root = await mkdtemp(join(tmpdir(), "orbweaver-endpoint-"));
after(async () => await rm(root, { recursive: true, force: true }));

interface TestServer {
  readonly port: number;
  readonly store: LocalDiskStore;
  readonly connections: () => number;
  readonly registered: { sha256: string; sizeBytes: number }[];
  /** Rejections that the endpoint leaves to the server. */
  readonly lastResort: unknown[];
  /** Resolves when the endpoint has finished with its next request. */
  handled(): Promise<void>;
  /** Files below the root, unfinished ones included. */
  files(): Promise<string[]>;
}

const servers: Server[] = [];
after(() => {
  for (const server of servers) server.close().closeAllConnections();
});

async function serve(
  change: (store: LocalDiskStore) => Partial<ArtifactStore> = () => ({}),
): Promise<TestServer> {
  const folder = await mkdtemp(join(root, "store-"));
  const store = new LocalDiskStore(folder);
  const changes = change(store);
  const used: ArtifactStore = new Proxy(store, {
    get: (target, name) => {
      const member: unknown = Reflect.get(changes, name) ?? Reflect.get(target, name);
      return typeof member === "function" ? (member.bind(target) as unknown) : member;
    },
  });
  const registered: TestServer["registered"] = [];
  const lastResort: unknown[] = [];
  let waiting: (() => void)[] = [];
  const server = createServer({ requestTimeout: 0 });
  server.on("request", (request, response) => {
    handleArtifactRequest(request, response, {
      store: used,
      maxBytes: MAX_BYTES,
      stallMilliseconds: STALL,
      register: async (artifact) => {
        registered.push(artifact);
        await Promise.resolve();
      },
    })
      .catch((error: unknown) => {
        lastResort.push(error);
        if (!response.headersSent) response.writeHead(500).end();
      })
      .finally(() => {
        for (const wake of waiting) wake();
        waiting = [];
      });
  });
  let connections = 0;
  server.on("connection", () => (connections += 1));
  deferContinue(server);
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    store,
    connections: () => connections,
    registered,
    lastResort,
    handled: async () => await new Promise((resolve) => waiting.push(resolve)),
    files: async () => {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
    },
  };
}

function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

async function send(
  port: number,
  method: string,
  path: string,
  { body, headers, agent }: { body?: Uint8Array; headers?: Record<string, string>; agent?: Agent } = {},
): Promise<Answer> {
  const request = httpRequest({ port, method, path, headers, agent, host: "127.0.0.1" });
  request.on("error", () => undefined); // A cut connection shows as a missing answer below.
  request.end(body);
  const [response] = (await once(request, "response")) as [IncomingMessage];
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: Buffer.concat((await response.toArray()) as Buffer[]),
  };
}

function json(answer: Answer): unknown {
  return JSON.parse(answer.body.toString());
}

function errorOf(answer: Answer): { message: string; code: string } {
  const [error] = (json(answer) as { errors: { message: string; extensions: { code: string } }[] }).errors;
  return { message: error?.message ?? "", code: error?.extensions.code ?? "" };
}

/** A raw connection, for what well-behaved clients do not do. */
async function dial(port: number): Promise<{ socket: Socket; said: () => string }> {
  const socket = connect(port, "127.0.0.1");
  let said = "";
  socket.on("data", (chunk: Buffer) => (said += chunk.toString("latin1")));
  socket.on("error", () => undefined);
  await once(socket, "connect");
  return { socket, said: () => said };
}

async function untilSaid(connection: { socket: Socket; said: () => string }, pattern: RegExp): Promise<void> {
  while (!pattern.test(connection.said())) await once(connection.socket, "data");
}

const BYTES = Buffer.from("Which of our pre-trained models should I fine-tune?");
const SHA256 = sha256Of(BYTES);

test("PUT stores and registers (201), repeats itself (200), and GET returns the bytes for good", async () => {
  const server = await serve();
  const path = `/artifacts/${SHA256}`;
  const first = await send(server.port, "PUT", path, { body: BYTES });
  assert.deepEqual([first.status, json(first)], [201, { sha256: SHA256, sizeBytes: BYTES.length }]);
  const second = await send(server.port, "PUT", path, { body: BYTES });
  assert.deepEqual([second.status, json(second)], [200, { sha256: SHA256, sizeBytes: BYTES.length }]);
  assert.deepEqual(server.registered, [json(first), json(first)]);

  const got = await send(server.port, "GET", path);
  assert.equal(got.status, 200);
  assert.deepEqual(got.body, BYTES);
  assert.match(got.headers["cache-control"] ?? "", /immutable/);
  assert.equal(got.headers["content-disposition"], `attachment; filename="${SHA256}"`);
  assert.equal(got.headers["x-content-type-options"], "nosniff");
  assert.equal(got.headers["content-length"], String(BYTES.length));

  const head = await send(server.port, "HEAD", path);
  assert.deepEqual(
    [head.status, head.headers["content-length"], head.body.length],
    [200, String(BYTES.length), 0],
  );
  const cached = await send(server.port, "GET", path, {
    headers: { "If-None-Match": got.headers.etag ?? "" },
  });
  assert.deepEqual([cached.status, cached.body.length], [304, 0]);
});

test("a chunked body without Content-Length is taken", async () => {
  const server = await serve();
  const answer = await send(server.port, "PUT", `/artifacts/${SHA256}`, {
    body: BYTES,
    headers: { "Transfer-Encoding": "chunked" },
  });
  assert.equal(answer.status, 201);
});

test("other bytes than announced are 400 and leave nothing", async () => {
  const server = await serve();
  const answer = await send(server.port, "PUT", `/artifacts/${SHA256}`, { body: Buffer.from("other") });
  assert.equal(answer.status, 400);
  assert.equal(errorOf(answer).code, "BAD_USER_INPUT");
  assert.match(errorOf(answer).message, /5 bytes with sha256 d9298a10.* came, expected sha256/);
  assert.deepEqual([await server.files(), server.registered], [[], []]);
});

test("strange keys never become paths: 400 to PUT, 404 to readers", async () => {
  const server = await serve();
  const keys = [
    "",
    "..%2f..%2fetc%2fpasswd",
    `${SHA256}%00`,
    SHA256.toUpperCase(),
    `../artifacts/${SHA256.slice(1)}`,
    "%",
  ];
  for (const key of keys) {
    assert.equal((await send(server.port, "PUT", `/artifacts/${key}`, { body: BYTES })).status, 400, key);
    assert.equal((await send(server.port, "GET", `/artifacts/${key}`)).status, 404, key);
    assert.equal((await send(server.port, "HEAD", `/artifacts/${key}`)).status, 404, key);
  }
  assert.deepEqual(await server.files(), []);
});

test("other methods are 405 and say which are allowed", async () => {
  const server = await serve();
  for (const method of ["POST", "DELETE", "PATCH"]) {
    const answer = await send(server.port, method, `/artifacts/${SHA256}`);
    assert.deepEqual([answer.status, answer.headers.allow], [405, "GET, HEAD, PUT"]);
  }
});

test("too large is 413: by Content-Length before a byte is read, and by counting when chunked", async () => {
  const server = await serve();
  const announced = await dial(server.port);
  announced.socket.write(
    `PUT /artifacts/${SHA256} HTTP/1.1\r\nHost: x\r\nContent-Length: ${MAX_BYTES + 1}\r\n\r\n`,
  );
  await untilSaid(announced, /^HTTP\/1\.1 413 .*larger than the limit of 1048576 bytes/s);
  announced.socket.destroy();

  const counted = await send(server.port, "PUT", `/artifacts/${SHA256}`, {
    body: Buffer.alloc(MAX_BYTES + 1),
    headers: { "Transfer-Encoding": "chunked" },
  });
  assert.deepEqual([counted.status, errorOf(counted).code], [413, "BAD_USER_INPUT"]);
  assert.deepEqual(await server.files(), []);
});

test("an upload cut at 90 % leaves nothing, and the retry succeeds", async () => {
  const server = await serve();
  const handled = server.handled();
  const { socket } = await dial(server.port);
  socket.write(`PUT /artifacts/${SHA256} HTTP/1.1\r\nHost: x\r\nContent-Length: ${BYTES.length}\r\n\r\n`);
  socket.write(BYTES.subarray(0, Math.floor(BYTES.length * 0.9)), () => socket.resetAndDestroy());
  await handled;
  assert.deepEqual([await server.files(), server.registered, server.lastResort], [[], [], []]);
  assert.equal((await send(server.port, "PUT", `/artifacts/${SHA256}`, { body: BYTES })).status, 201);
});

test("a dripping upload is ended with 408 and leaves nothing", async () => {
  const server = await serve();
  const handled = server.handled();
  const connection = await dial(server.port);
  connection.socket.write(`PUT /artifacts/${SHA256} HTTP/1.1\r\nHost: x\r\nContent-Length: 51\r\n\r\nW`);
  const drip = setInterval(() => connection.socket.write("h"), STALL / 4);
  await once(connection.socket, "close");
  clearInterval(drip);
  await handled;
  assert.match(connection.said(), /^HTTP\/1\.1 408 .*fewer than 1024 bytes per second/s);
  assert.deepEqual([await server.files(), server.lastResort], [[], []]);
});

test("with Expect: 100-continue an answer that needs no body comes instead of the 100", async () => {
  const server = await serve();
  const head = (length: number): string =>
    `PUT /artifacts/${SHA256} HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: ${length}\r\n\r\n`;

  const tooLarge = await dial(server.port);
  tooLarge.socket.write(head(MAX_BYTES + 1));
  await untilSaid(tooLarge, /^HTTP\/1\.1 413/);
  tooLarge.socket.destroy();

  const wanted = await dial(server.port);
  wanted.socket.write(head(BYTES.length));
  await untilSaid(wanted, /^HTTP\/1\.1 100 Continue\r\n\r\n/);
  wanted.socket.write(BYTES);
  await untilSaid(wanted, /HTTP\/1\.1 201/);
  wanted.socket.destroy();

  const present = await dial(server.port);
  present.socket.write(head(BYTES.length));
  await untilSaid(present, /^HTTP\/1\.1 200/);
  present.socket.destroy();
});

test("one connection carries requests after refused and after unread uploads", async () => {
  const server = await serve();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const path = `/artifacts/${SHA256}`;
  const large = Buffer.alloc(MAX_BYTES, 1);
  const statuses: number[] = [];
  for (const [method, body] of [
    ["PUT", Buffer.from("other")],
    ["PUT", BYTES],
    ["PUT", large], // There already: answered without a look at the body, which the next request must not see.
    ["GET", undefined],
    ["PUT", Buffer.alloc(MAX_BYTES + 1)],
    ["GET", undefined],
  ] as const) {
    statuses.push((await send(server.port, method, path, { ...(body && { body }), agent })).status);
  }
  agent.destroy();
  assert.deepEqual(statuses, [400, 201, 200, 200, 413, 200]);
  assert.equal(server.connections(), 1);
});

test("a full disk is 507; what is no DomainError is left to the server's last resort", async () => {
  const full = await serve(() => ({
    write: async () =>
      await Promise.reject(new DomainError("RESOURCE_EXHAUSTED", "artifact: no space is left")),
  }));
  const answer = await send(full.port, "PUT", `/artifacts/${SHA256}`, { body: BYTES });
  assert.deepEqual([answer.status, errorOf(answer).code], [507, "RESOURCE_EXHAUSTED"]);

  const broken = await serve(() => ({ write: async () => await Promise.reject(new Error("EIO")) }));
  assert.equal((await send(broken.port, "PUT", `/artifacts/${SHA256}`, { body: BYTES })).status, 500);
  assert.match(String(broken.lastResort[0]), /EIO/);
});

test("a reader that goes away in the middle is nobody's error", async () => {
  const server = await serve();
  const bytes = Buffer.alloc(MAX_BYTES, 3);
  await server.store.write(sha256Of(bytes), Readable.from([bytes]), { maxBytes: MAX_BYTES });
  const handled = server.handled();
  const connection = await dial(server.port);
  connection.socket.write(`GET /artifacts/${sha256Of(bytes)} HTTP/1.1\r\nHost: x\r\n\r\n`);
  await untilSaid(connection, /^HTTP\/1\.1 200/);
  connection.socket.resetAndDestroy();
  await handled;
  assert.deepEqual(server.lastResort, []);
});
