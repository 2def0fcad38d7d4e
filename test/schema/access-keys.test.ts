import assert from "node:assert/strict";
import { once } from "node:events";
import { after, test } from "node:test";

import { WebSocket } from "ws";

import { AccessKey } from "../../src/entities/access-key.js";
import { createSecret } from "../../src/services/access/access-key-secret.js";
import { localViewer, type Role } from "../../src/services/access/viewer.js";
import { client, startTestServer } from "../support/server.js";
import { statementsOf } from "../support/statements.js";

const server = await startTestServer({ config: { auth: "on" } });
after(() => server.close());
const { container } = server;
const keys = container.dataSource.getRepository(AccessKey);

interface Created {
  readonly createAccessKey: {
    readonly accessKey: { readonly id: string; readonly prefix: string } | null;
    readonly secret: string | null;
    readonly userErrors: readonly { readonly code: string; readonly message: string }[];
  };
}

let count = 0;
async function create(input: object = {}): Promise<Created["createAccessKey"]> {
  const { createAccessKey } = await server.ask<Created>(
    `mutation ($input: CreateAccessKeyInput!) { createAccessKey(input: $input) {
      accessKey { id prefix } secret userErrors { code message } } }`,
    { input: { name: `key ${count++}`, role: "VIEWER", ...input } },
  );
  return createAccessKey;
}

async function revoke(accessKeyId: string): Promise<void> {
  await server.ask(
    `mutation ($input: RevokeAccessKeyInput!) { revokeAccessKey(input: $input) { accessKey { revokedAt } } }`,
    { input: { accessKeyId } },
  );
}

const as = (secret: string | null): ReturnType<typeof client> => client(server.address, secret ?? undefined);

async function statusOf(secret: string | null): Promise<number> {
  return (await as(secret).request("{ viewer { name role } }")).status;
}

test("a key admits as the one it was made for", async () => {
  const { secret } = await create({ name: "Ada", role: "CURATOR" });
  assert.match(secret ?? "", /^orb_[0-9a-f]{56}$/);
  assert.deepEqual(await as(secret).ask("{ viewer { name role } }"), {
    viewer: { name: "Ada", role: "CURATOR" },
  });
});

test("30: the secret is in one answer, and neither in the database nor in the log", async () => {
  const { secret, accessKey } = await create();
  await as(secret).ask("{ viewer { name } }");
  const random = secret!.slice(accessKey!.prefix.length);
  const tables: { name: string }[] = await container.dataSource.query(
    `SELECT table_schema || '.' || table_name AS name FROM information_schema.tables
     WHERE table_schema NOT IN ('pg_catalog', 'information_schema') AND table_type = 'BASE TABLE'`,
  );
  for (const { name } of tables) {
    const rows: unknown = await container.dataSource.query(`SELECT * FROM ${name}`);
    assert.equal(JSON.stringify(rows).includes(random), false, name);
  }
  assert.equal(server.logged.join("").includes(random), false);
  const list = await server.ask("{ accessKeys(first: 100) { nodes { id name prefix role createdBy } } }");
  assert.equal(JSON.stringify(list).includes(random), false);
});

test("28: a malformed key is refused without asking the database, an invented one after it", async () => {
  const wellFormed = createSecret();
  const mistyped = wellFormed.slice(0, -1) + (wellFormed.endsWith("0") ? "1" : "0");
  for (const [secret, asks] of [
    [mistyped, 0],
    ["orb_", 0],
    ["x".repeat(10_000), 0],
    [wellFormed, 1],
  ] as const) {
    const statements = await statementsOf(container.dataSource, async () => {
      assert.equal(await statusOf(secret), 401);
    });
    assert.equal(statements.length, asks, secret.slice(0, 80));
  }
  assert.equal(await statusOf(null), 401);
});

test("28: refused requests are told so in JSON, and nothing of the key comes back", async () => {
  const secret = createSecret();
  const { status, errors } = await as(secret).request("{ viewer { name } }");
  assert.deepEqual([status, errors![0]!.extensions.code], [401, "UNAUTHENTICATED"]);
  assert.equal(JSON.stringify(errors).includes(secret.slice(0, 12)), false);
});

test("28: a key ends at its date, and cannot be made to end in the past", async () => {
  const { secret, accessKey } = await create({ expiresAt: new Date(Date.now() + 3_600_000) });
  assert.equal(await statusOf(secret), 200);
  const id = (await keys.findOneByOrFail({ prefix: accessKey!.prefix })).id;
  await keys.update({ id }, { expiresAt: new Date(Date.now() - 1000), revokedAt: null }); // notifies, too
  await eventually(async () => (await statusOf(secret)) === 401);
  const past = await create({ expiresAt: new Date(Date.now() - 1000) });
  assert.deepEqual([past.secret, past.userErrors[0]!.code], [null, "BAD_USER_INPUT"]);
});

test("the name of a key that has ended is free again, and the audit tells of both", async () => {
  const name = "for a week";
  const first = await create({ name, expiresAt: new Date(Date.now() + 3_600_000) });
  assert.equal((await create({ name })).userErrors[0]!.code, "CONFLICT");
  const { id } = await keys.findOneByOrFail({ prefix: first.accessKey!.prefix });
  await keys.update({ id }, { expiresAt: new Date(Date.now() - 1000) });
  const second = await create({ name });
  assert.equal(await statusOf(second.secret), 200);
  const events: unknown = await container.dataSource.query(
    `SELECT action FROM audit_event WHERE subject_id = $1 ORDER BY id`,
    [id],
  );
  assert.deepEqual(events, [{ action: "createAccessKey" }, { action: "revokeAccessKey" }]);
});

test("a request with the same key right after does not ask the database who it is", async () => {
  const { secret } = await create();
  await statusOf(secret);
  const statements = await statementsOf(container.dataSource, () => statusOf(secret));
  assert.deepEqual(statements, []);
});

test("the use of a key is noted once a minute", async () => {
  const { secret, accessKey } = await create();
  const used = async (): Promise<Date | null> =>
    (await keys.findOneByOrFail({ prefix: accessKey!.prefix })).lastUsedAt;
  assert.equal(await used(), null);
  await statusOf(secret);
  const first = await used();
  assert.ok(first !== null);
  await statusOf(secret);
  assert.deepEqual(await used(), first);
});

test("29: after a revocation the next request is refused, and open sockets are closed with 4403", async () => {
  const { secret, accessKey } = await create();
  const closed = await openSocket(server.address, secret!);
  assert.equal(await statusOf(secret), 200);
  await revoke(accessKey!.id);
  assert.equal(await statusOf(secret), 401);
  assert.equal(await closed(), 4403);
  await revoke(accessKey!.id); // safe to repeat
});

test("29: another process hears of a revocation, and closes its sockets", async () => {
  const { Container } = await import("../../src/container.js");
  const other = await Container.open(container.config, container.log);
  try {
    const address = await other.serve();
    const { secret, accessKey } = await create();
    const closed = await openSocket(address, secret!);
    assert.equal((await client(address, secret!).request("{ viewer { name } }")).status, 200);
    await revoke(accessKey!.id);
    assert.equal(await closed(), 4403);
    assert.equal((await client(address, secret!).request("{ viewer { name } }")).status, 401);
  } finally {
    await other.close();
  }
});

test("45: an open socket is closed with 4403 when its key reaches its date", async () => {
  const { secret, accessKey } = await create({ expiresAt: new Date(Date.now() + 3_600_000) });
  const closed = await openSocket(server.address, secret!);
  // The change is noticed before that date has come; nothing is told when it comes.
  await keys.update({ prefix: accessKey!.prefix }, { expiresAt: new Date(Date.now() + 1_000) });
  assert.equal(await closed(), 4403);
});

test("two keys that work never share a name, and the next key of a holder may have it", async () => {
  const first = await create({ name: "Grace" });
  const second = await create({ name: "grace" });
  assert.deepEqual([second.secret, second.userErrors[0]!.code], [null, "CONFLICT"]);
  await revoke(first.accessKey!.id);
  assert.deepEqual((await create({ name: "grace" })).userErrors, []);
});

test("32: uploads need a contributor, downloads a viewer", async () => {
  const bytes = Buffer.from("some bytes");
  const contributor = await server.keyOf("CONTRIBUTOR");
  const viewer = await server.keyOf("VIEWER");
  await assert.rejects(as(viewer).upload(bytes), /upload: 403 .*FORBIDDEN/);
  await assert.rejects(as(null).upload(bytes), /upload: 401 /);
  const digest = await as(contributor).upload(bytes);
  const get = async (secret?: string): Promise<number> => {
    const headers = secret === undefined ? {} : { authorization: `Bearer ${secret}` };
    const response = await fetch(`${server.address}/artifacts/${digest}`, { headers });
    await response.arrayBuffer();
    return response.status;
  };
  assert.deepEqual([await get(viewer), await get()], [200, 401]);
});

test("32: what a role may not do is answered with 403 over HTTP and changes nothing", async () => {
  const { secret } = await create({ role: "CURATOR" });
  const before = await keys.count();
  const answer = await as(secret).request(
    `mutation { createAccessKey(input: { name: "mine", role: ADMIN }) { secret } }`,
  );
  assert.deepEqual([answer.status, answer.errors![0]!.extensions.code], [403, "FORBIDDEN"]);
  assert.match(answer.errors![0]!.message, /needs the role ADMIN; key \d+ has CURATOR/);
  assert.equal("http" in answer.errors![0]!.extensions, false);
  assert.equal(await keys.count(), before);
});

test("the first start lets an administrator in once, and a given key always", async () => {
  const { admitAdministrator } = container.services;
  assert.equal(await admitAdministrator.run(undefined), undefined); // there are keys already
  const [first, second] = [createSecret(), createSecret()];
  for (const given of [first, first]) assert.equal(await admitAdministrator.run(given), undefined);
  const viewerOf = (secret: string) => as(secret).ask("{ viewer { name role } }");
  assert.deepEqual(await viewerOf(first), { viewer: { name: "bootstrap", role: "ADMIN" } });
  await admitAdministrator.run(second);
  assert.deepEqual(await viewerOf(second), { viewer: { name: "bootstrap", role: "ADMIN" } });
  await eventually(async () => (await statusOf(first)) === 401);
  await assert.rejects(admitAdministrator.run(`orb_${"0".repeat(56)}`), /ORB_BOOTSTRAP_KEY: is mistyped/);
});

test("a new registry makes its first key by itself, however many processes start", async () => {
  const fresh = await startTestServer();
  try {
    const made = await Promise.all(
      [1, 2, 3].map(() => fresh.container.services.admitAdministrator.run(undefined)),
    );
    assert.equal(made.filter((secret) => secret !== undefined).length, 1);
  } finally {
    await fresh.close();
  }
});

test("what somebody makes bears the name of the key", async () => {
  const role: Role = "CONTRIBUTOR";
  const { secret } = await create({ name: "Lin", role });
  const digest = await as(secret).upload(Buffer.from("Lin's"));
  const [event]: { actor: string; role: string; key_id: string }[] = await container.dataSource.query(
    `SELECT actor, role, key_id FROM audit_event WHERE subject_id = $1`,
    [digest],
  );
  assert.deepEqual([event!.actor, event!.role], ["Lin", role]);
  assert.equal((await keys.findOneByOrFail({ id: event!.key_id })).name, "Lin");
  assert.equal(localViewer("x").keyId, null);
});

/** @returns what waits for its end and tells the close code */
async function openSocket(address: string, secret: string): Promise<() => Promise<number>> {
  const socket = new WebSocket(`${address.replace("http", "ws")}/graphql`, "graphql-transport-ws");
  after(() => socket.terminate());
  await once(socket, "open");
  socket.send(JSON.stringify({ type: "connection_init", payload: { authorization: `Bearer ${secret}` } }));
  await once(socket, "message");
  const closed = once(socket, "close") as Promise<[number]>;
  return async () => (await closed)[0];
}

/** Waits for what another part of the server is about to notice. */
async function eventually(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
}
