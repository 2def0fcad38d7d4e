import assert from "node:assert/strict";
import { after, test } from "node:test";

import { v7 as uuid } from "uuid";

import { AuditEvent } from "../../src/entities/audit-event.js";
import { Webhook } from "../../src/entities/webhook.js";
import { RandomSpider } from "../support/random-spider.js";
import { INPUTS, linearNetwork } from "../support/rerank-world.js";
import { client, startTestServer } from "../support/server.js";
import { statementsOf } from "../support/statements.js";
import { TEST_NETWORK } from "../support/tls-server.js";
import { verified, WebhookReceiver } from "../support/webhook-receiver.js";

const receiver = await WebhookReceiver.start();
after(() => receiver.close());
const server = await startTestServer({
  network: TEST_NETWORK,
  config: { auth: "on", webhookHosts: [receiver.host] },
});
after(() => server.close());
await server.container.work([]); // no jobs, but deliveries
const idle = await startTestServer();
after(() => idle.close());

interface Payload {
  readonly webhook?: { readonly id: string; readonly enabled: boolean; readonly events: string[] } | null;
  readonly delivery?: { readonly id: string; readonly state: string } | null;
  readonly secret?: string | null;
  readonly userErrors: readonly { readonly code: string; readonly message: string }[];
}

async function mutate(name: string, input: object, parts: string): Promise<Payload> {
  const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
  const mutation = `mutation ($input: ${type}!) { ${name}(input: $input) { ${parts} userErrors { code message } } }`;
  return (await server.ask<Record<string, Payload>>(mutation, { input }))[name]!;
}
const WEBHOOK = "webhook { id enabled events }";

interface Delivery {
  readonly id: string;
  readonly messageId: string;
  readonly event: string;
  readonly body: string;
  readonly state: string;
  readonly attempts: number;
  readonly webhook: { readonly url: string } | null;
}

async function deliveries(filter: object = {}, webhookId: string | null = null): Promise<Delivery[]> {
  const { webhookDeliveries } = await server.ask<{ webhookDeliveries: { nodes: Delivery[] } }>(
    `query ($filter: WebhookDeliveryFilter, $webhookId: ID) {
       webhookDeliveries(first: 100, filter: $filter, webhookId: $webhookId) {
         nodes { id messageId event body state attempts webhook { url } } } }`,
    { filter, webhookId },
  );
  return webhookDeliveries.nodes;
}

/** The history once all of it is over. */
async function settled(): Promise<Delivery[]> {
  for (;;) {
    const all = await deliveries();
    if (all.every(({ state }) => state !== "PENDING")) return all;
  }
}

test("an administrator adds a webhook, pings it, sees the history and replays from it", async () => {
  const input = { url: receiver.url("hook"), events: ["TASK_READY"] };
  const { webhook, secret, userErrors } = await mutate("addWebhook", input, `${WEBHOOK} secret`);
  assert.deepEqual(userErrors, []);
  assert.deepEqual([webhook!.enabled, webhook!.events], [true, ["TASK_READY"]]);

  const pinged = await mutate("pingWebhook", { webhookId: webhook!.id }, "delivery { id state }");
  assert.equal(pinged.delivery!.state, "PENDING");
  const first = await receiver.nth(1);
  assert.equal(verified(first, secret!)["type"], "ping");

  const [delivery, ...others] = await settled();
  assert.deepEqual(others, []);
  assert.deepEqual(
    [delivery!.id, delivery!.event, delivery!.state, delivery!.attempts, delivery!.webhook!.url],
    [pinged.delivery!.id, "PING", "DELIVERED", 1, receiver.url("hook")],
  );
  assert.deepEqual([delivery!.messageId, delivery!.body], [first.headers["webhook-id"], first.body]);

  const replayed = await mutate(
    "replayWebhookDelivery",
    { deliveryId: delivery!.id },
    "delivery { id state }",
  );
  assert.deepEqual([replayed.delivery!.id, replayed.userErrors], [delivery!.id, []]);
  const second = await receiver.nth(2);
  verified(second, secret!);
  assert.deepEqual([second.headers["webhook-id"], second.body], [delivery!.messageId, first.body]);

  assert.equal((await settled())[0]!.attempts, 2);
  assert.equal((await deliveries({ state: ["DELIVERED"], event: ["PING"] })).length, 1);
  assert.deepEqual(await deliveries({ state: ["DEAD"] }), []);
  assert.equal((await deliveries({}, webhook!.id)).length, 1);
});

test("the secret is in one answer, and neither in lists, in the audit, nor in the log", async () => {
  const { webhook, secret } = await mutate(
    "addWebhook",
    { url: receiver.url("other"), events: ["PTM_READY"] },
    `${WEBHOOK} secret`,
  );
  const rotated = await mutate("rotateWebhookSecret", { webhookId: webhook!.id }, `${WEBHOOK} secret`);
  assert.notEqual(rotated.secret, secret);
  await mutate("updateWebhook", { webhookId: webhook!.id, enabled: false }, WEBHOOK);
  await mutate("removeWebhook", { webhookId: webhook!.id }, WEBHOOK);
  const audit = JSON.stringify(await server.container.dataSource.getRepository(AuditEvent).find());
  for (const action of ["addWebhook", "rotateWebhookSecret", "updateWebhook", "removeWebhook"]) {
    assert.ok(audit.includes(`"action":"${action}"`), action);
  }
  const told = [audit, ...server.logged].join("\n");
  for (const one of [secret!, rotated.secret!]) assert.ok(!told.includes(one.slice("whsec_".length)));
});

test("58: only allowed https addresses become webhooks, each once", async () => {
  const refused = async (url: string, events = ["PING"]): Promise<string> => {
    const { userErrors, webhook } = await mutate("addWebhook", { url, events }, WEBHOOK);
    assert.equal(webhook, null);
    return `${userErrors[0]!.code}: ${userErrors[0]!.message}`;
  };
  assert.match(await refused("https://127.0.0.1/"), /^BAD_USER_INPUT: .* not among the hosts/);
  assert.match(await refused("https://169.254.169.254/latest"), /^BAD_USER_INPUT: .* not among the hosts/);
  assert.match(await refused(`http://${receiver.host}/`), /^BAD_USER_INPUT: .* https address/);
  assert.match(await refused(`https://me:secret@${receiver.host}/`), /without credentials/);
  assert.match(await refused("file:///etc/passwd"), /^BAD_USER_INPUT/);
  assert.match(await refused(receiver.url(`x`.repeat(2001))), /^BAD_USER_INPUT: url must have at most/);
  assert.match(await refused(receiver.url("none"), []), /^BAD_USER_INPUT: events must hold/);
  assert.match(await refused(receiver.url("hook")), /^CONFLICT: This address has a webhook/);
});

test("nobody but administrators sees webhooks", async () => {
  const curator = client(server.address, await server.keyOf("CURATOR"));
  for (const query of [
    "{ webhooks(first: 1) { nodes { url } } }",
    "{ webhookDeliveries(first: 1) { nodes { body } } }",
  ]) {
    const { errors } = await curator.request(query);
    assert.equal(errors![0]!.extensions.code, "FORBIDDEN");
  }
  const { webhooks } = await server.ask<{ webhooks: { nodes: { id: string }[] } }>(
    "{ webhooks(first: 1) { nodes { id } } }",
  );
  const { node } = await curator.ask<{ node: object | null }>("query ($id: ID!) { node(id: $id) { id } }", {
    id: webhooks.nodes[0]!.id,
  });
  assert.equal(node, null);
});

test("without allowed hosts webhooks are off", async () => {
  const { addWebhook } = await idle.ask<{ addWebhook: Payload }>(
    `mutation { addWebhook(input: { url: "https://hooks.test/", events: [PING] }) { userErrors { code message } } }`,
  );
  assert.deepEqual(addWebhook.userErrors, [
    {
      code: "FAILED_PRECONDITION",
      message: "Telling webhooks is off: whoever runs the server lists allowed hosts in ORB_WEBHOOK_HOSTS.",
    },
  ]);
});

test("a page of deliveries costs the same number of statements, however long it is", async () => {
  const { dataSource } = idle.container;
  for (const id of [uuid(), uuid(), uuid()]) {
    const hook = { id, url: `https://hooks.test/${id}`, enabled: true, createdBy: "test", secret: "x" };
    await dataSource.manager.insert(Webhook, { ...hook, events: ["PING"] });
  }
  await dataSource.query(
    `INSERT INTO webhook_delivery (webhook_id, event, subject)
     SELECT webhook.id, 'PING', '{}' FROM webhook, generate_series(1, 20)`,
  );
  const counts = [];
  for (const first of [1, 50]) {
    const page = `{ webhookDeliveries(first: ${first}) { nodes { id webhook { url } } pageInfo { hasNextPage } } }`;
    counts.push((await statementsOf(dataSource, () => idle.ask(page))).length);
  }
  assert.deepEqual(counts, [2, 2]);
});

test("what a mutation does is told; what it refuses is not", async () => {
  const { webhook, secret } = await mutate(
    "addWebhook",
    { url: receiver.url("ptms"), events: ["PTM_ADDED"] },
    `${WEBHOOK} secret`,
  );
  assert.ok(webhook);
  const known = receiver.received.length;
  const artifact = await server.upload(
    linearNetwork({ width: 3, weights: new RandomSpider(5).values(INPUTS * 3) }),
  );
  const signature = { input: "image", height: 4, width: 4 };
  const add = async (name: string): Promise<Payload> =>
    (
      await server.ask<{ addPtm: Payload }>(
        `mutation ($input: AddPtmInput!) { addPtm(input: $input) { ptm { id } userErrors { code message } } }`,
        { input: { name, artifact, signature } },
      )
    ).addPtm;
  assert.equal((await add("\u0007")).userErrors[0]!.code, "BAD_USER_INPUT");
  const { ptm } = (await add("told")) as unknown as { ptm: { id: string } };
  const { data } = verified(await receiver.nth(known + 1), secret!) as { data: { id: string; name: string } };
  assert.deepEqual([data.id, data.name], [ptm.id, "told"]);
  assert.equal((await deliveries({ event: ["PTM_ADDED"] })).length, 1);
});
