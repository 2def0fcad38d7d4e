import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { chmod, mkdtemp, readdir, rm } from "node:fs/promises";
import { type IncomingMessage, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";

import { WebSocket } from "ws";

import { readPostmasterFile } from "../../src/database/postmaster-file.js";
import { OrbProcess } from "../support/orb-process.js";

// One database folder for the file: making one takes longer than all the rest.
const home = await mkdtemp(join(tmpdir(), "orbweaver-test-"));
await chmod(home, 0o711); // root hands the database to another user
const servers: OrbProcess[] = [];
after(async () => {
  for (const server of servers) server.kill("SIGKILL");
  await Promise.all(servers.map(async ({ ended }) => ended));
  const postmaster = await postgres();
  if (postmaster?.mark !== undefined) process.kill(postmaster.pid, "SIGQUIT");
  await rm(home, { recursive: true, force: true, maxRetries: 20 });
});

function startServer(): OrbProcess {
  const server = new OrbProcess(["serve"], { ORB_HOME: home, ORB_PORT: "0", ORB_AUTH: "off" });
  servers.push(server);
  return server;
}

async function addressOf(server: OrbProcess): Promise<string> {
  return (await server.says(/answers at (\S+)\/graphql/))[1] ?? "";
}

async function postgres() {
  return await readPostmasterFile(join(home, "postgres", "cluster"));
}

/** An upload that the server has accepted, for it asked for the body, and that has sent half of it. */
async function startUpload(address: string, bytes: Buffer) {
  const digest = createHash("sha256").update(bytes).digest("hex");
  const upload = request(`${address}/artifacts/${digest}`, {
    method: "PUT",
    headers: { expect: "100-continue", "content-length": bytes.length },
  });
  upload.flushHeaders();
  await once(upload, "continue");
  upload.write(bytes.subarray(0, bytes.length / 2));
  return upload;
}

test("a signal during the start stops the start, database included", async () => {
  const server = startServer();
  await server.says(/is ready/);
  server.kill("SIGTERM");
  assert.deepEqual(await server.ended, { code: 130, signal: null });
  assert.equal((await postgres())?.mark, undefined);
});

test("SIGTERM under load: what was accepted is answered, sockets close with 1001, nothing is left running", async () => {
  const server = startServer();
  const address = await addressOf(server);
  const bytes = randomBytes(200_000);
  const upload = await startUpload(address, bytes);
  const socket = new WebSocket(`${address.replace("http", "ws")}/graphql`, "graphql-transport-ws");
  await once(socket, "open");
  socket.send(JSON.stringify({ type: "connection_init" })); // a socket that says nothing is closed before that
  await once(socket, "message");
  const statuses = new Map<number, number>();
  const load = Array.from({ length: 8 }, async () => {
    for (;;) {
      const response = await fetch(`${address}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ query: "{ tasks(first: 10) { nodes { id } } }" }),
      }).catch(() => undefined); // refused: the server is closed
      if (response === undefined) return;
      await response.json();
      statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
    }
  });
  while ((statuses.get(200) ?? 0) < 100) await delay(5);

  server.kill("SIGTERM");
  const [closeCode] = (await once(socket, "close")) as [number];
  assert.equal(closeCode, 1001);
  upload.end(bytes.subarray(bytes.length / 2)); // at once: what takes longer than the drain is cut
  const [answer] = (await once(upload, "response")) as [IncomingMessage];
  answer.resume();
  assert.equal(answer.statusCode, 201);
  assert.equal(answer.headers.connection, "close");
  await Promise.all(load); // each of the kept connections was ended, though its client went on
  assert.deepEqual([...statuses.keys()], [200]);

  assert.deepEqual(await server.ended, { code: 0, signal: null });
  assert.equal((await postgres())?.mark, undefined);
  assert.deepEqual(await readdir(join(home, "postgres", "leases")), []);
  assert.deepEqual(await readdir(join(home, "artifacts", "incoming")), []);
});

test("a second SIGTERM kills at once, and the next start goes on with the database it finds running", async () => {
  const server = startServer();
  const address = await addressOf(server);
  const upload = await startUpload(address, randomBytes(1000));
  upload.on("error", () => undefined); // it is cut
  const signals = setInterval(() => server.kill("SIGTERM"), 100);
  assert.deepEqual(await server.ended, { code: null, signal: "SIGTERM" });
  clearInterval(signals);

  const next = startServer();
  await next.says(/runs already/);
  await next.says(/answers at/);
  next.kill("SIGINT");
  assert.deepEqual(await next.ended, { code: 0, signal: null });
  assert.equal((await postgres())?.mark, undefined);
});
