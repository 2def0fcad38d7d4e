import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";

import { v7 as uuid } from "uuid";

import { AuditEvent } from "../../../src/entities/audit-event.js";
import { WebhookDelivery } from "../../../src/entities/webhook-delivery.js";
import { Webhook } from "../../../src/entities/webhook.js";
import { createLogger } from "../../../src/log.js";
import { localViewer } from "../../../src/services/access/viewer.js";
import { HostList } from "../../../src/services/outbound/host-list.js";
import { INTERNET, type Network } from "../../../src/services/outbound/internet.js";
import { OutboundHttp } from "../../../src/services/outbound/outbound-http.js";
import { AddWebhook } from "../../../src/services/webhooks/add-webhook.js";
import { DeliverWebhooks } from "../../../src/services/webhooks/deliver-webhooks.js";
import { RequestDelivery } from "../../../src/services/webhooks/request-delivery.js";
import { RotateWebhookSecret } from "../../../src/services/webhooks/rotate-webhook-secret.js";
import { UpdateWebhook } from "../../../src/services/webhooks/update-webhook.js";
import { createTestRegistry, insertPtm, type TestRegistry } from "../../support/registry.js";
import { TEST_NETWORK } from "../../support/tls-server.js";
import { type Received, verified, WebhookReceiver } from "../../support/webhook-receiver.js";

const VIEWER = localViewer("test");
const { signal } = new AbortController();

let registry: TestRegistry;
let receiver: WebhookReceiver;
before(async () => {
  registry = await createTestRegistry();
  receiver = await WebhookReceiver.start();
});
afterEach(async () => {
  await registry.dataSource.query(`DELETE FROM webhook`);
  receiver.received.length = 0;
  receiver.answers.length = 0;
});
after(async () => {
  await receiver.close();
  await registry.drop();
});

const door = (network: Network = TEST_NETWORK): OutboundHttp =>
  new OutboundHttp(new HostList([receiver.host]), "ORB_WEBHOOK_HOSTS", network);

const courier = (network?: Network): DeliverWebhooks =>
  new DeliverWebhooks(
    registry.dataSource,
    door(network),
    createLogger("silent"),
    () => new Date(),
    () => 0.5,
  );

async function newWebhook(path = "hook"): Promise<{ id: string; secret: string }> {
  const add = new AddWebhook(registry.dataSource, door());
  const { webhook, secret } = await add.run({ url: receiver.url(path), events: ["PTM_ADDED"] }, VIEWER);
  return { id: webhook.id, secret };
}

const requests = (): RequestDelivery => new RequestDelivery(registry.dataSource);
const ping = (webhookId: string): Promise<WebhookDelivery> => requests().ping(webhookId, VIEWER);

const deliveryOf = (id: string): Promise<WebhookDelivery> =>
  registry.dataSource.getRepository(WebhookDelivery).findOneByOrFail({ id });
const webhookOf = (id: string): Promise<Webhook> =>
  registry.dataSource.getRepository(Webhook).findOneByOrFail({ id });

/** As if the time of every next attempt had come. */
async function timePasses(): Promise<void> {
  await registry.dataSource.query(
    `UPDATE webhook_delivery SET next_attempt_at = now() WHERE next_attempt_at IS NOT NULL`,
  );
}

/** One attempt at all that is due. */
async function attemptAll(deliver: DeliverWebhooks = courier()): Promise<void> {
  for (const delivery of await deliver.take([])) await deliver.attempt(delivery, signal);
}

test("a delivery that fails twice is tried again, each time later, and is signed and the same until it is accepted", async () => {
  const { id: webhookId, secret } = await newWebhook();
  const { id } = await ping(webhookId);
  receiver.answers.push(500, 503);
  const waits: number[] = [];
  for (const status of [500, 503]) {
    await attemptAll();
    const delivery = await deliveryOf(id);
    assert.deepEqual(
      [delivery.state, delivery.status, delivery.error],
      ["PENDING", status, `The receiver answered ${status}, and only 2xx accepts.`],
    );
    waits.push((delivery.nextAttemptAt!.getTime() - delivery.attemptedAt!.getTime()) / 1000);
    await attemptAll(); // it is not due
    await timePasses();
  }
  await attemptAll();
  const { state, status, error, attempts, nextAttemptAt } = await deliveryOf(id);
  assert.deepEqual([state, status, error, attempts, nextAttemptAt], ["DELIVERED", 204, null, 3, null]);
  assert.ok(waits[0]! >= 5 && waits[1]! >= 20, String(waits));

  assert.equal(receiver.received.length, 3);
  for (const { path, headers, body } of receiver.received) {
    assert.deepEqual(verified({ path, headers, body }, secret), {
      type: "ping",
      timestamp: (await deliveryOf(id)).createdAt.toISOString(),
      data: { by: "test" },
    });
    assert.deepEqual(
      [path, body, headers["webhook-id"], headers["content-type"]],
      ["/hook", receiver.received[0]!.body, id, "application/json"],
    );
  }
});

test("a delivery that is over can be replayed, under its id, with as many attempts as before", async () => {
  const { id: webhookId, secret } = await newWebhook();
  const { id } = await ping(webhookId);
  await attemptAll();
  const replayed = await requests().replay(id, VIEWER);
  assert.deepEqual([replayed.state, replayed.attempts, replayed.lastAttempt], ["PENDING", 1, 11]);
  assert.deepEqual(await requests().replay(id, VIEWER), replayed, "safe to repeat");
  receiver.answers.push(500);
  await attemptAll();
  const { nextAttemptAt, attemptedAt } = await deliveryOf(id);
  assert.ok(nextAttemptAt!.getTime() - attemptedAt!.getTime() < 10_000, "the first delay again");
  await timePasses();
  await attemptAll();
  assert.equal((await deliveryOf(id)).state, "DELIVERED");
  const ids = receiver.received.map((request) => (verified(request, secret), request.headers["webhook-id"]));
  assert.deepEqual(ids, [id, id, id]);
});

test("a redirect is not followed, wherever it leads", async () => {
  const { id } = await ping((await newWebhook()).id);
  receiver.answers.push(307);
  await attemptAll();
  assert.deepEqual(
    receiver.received.map(({ path }) => path),
    ["/hook"],
  );
  assert.deepEqual([(await deliveryOf(id)).status, (await deliveryOf(id)).state], [307, "PENDING"]);
});

test("58: a host that turns out to be of this machine is never connected to", async () => {
  const { id } = await ping((await newWebhook()).id);
  await attemptAll(courier({ ...TEST_NETWORK, mayConnect: INTERNET.mayConnect }));
  assert.equal(receiver.received.length, 0);
  const { status, error } = await deliveryOf(id);
  assert.deepEqual(
    [status, error],
    [null, `${receiver.host} has an address that is not on the public internet.`],
  );
});

test("58: a host that is no longer allowed is told nothing", async () => {
  const { id } = await ping((await newWebhook()).id);
  const elsewhere = new OutboundHttp(new HostList(["other.test"]), "ORB_WEBHOOK_HOSTS", TEST_NETWORK);
  await attemptAll(
    new DeliverWebhooks(
      registry.dataSource,
      elsewhere,
      createLogger("silent"),
      () => new Date(),
      () => 0,
    ),
  );
  assert.match((await deliveryOf(id)).error!, /not among the hosts of ORB_WEBHOOK_HOSTS/);
  assert.equal(receiver.received.length, 0);
});

test("a delivery is given up after ten attempts, and five in a row disable the webhook with the reason", async () => {
  const { id: webhookId } = await newWebhook();
  receiver.answers.push(...Array<number>(100).fill(500));
  const { id } = await ping(webhookId);
  for (let attempt = 1; attempt <= 10; attempt++) {
    assert.equal((await deliveryOf(id)).state, "PENDING", `before attempt ${attempt}`);
    await attemptAll();
    await timePasses();
  }
  const dead = await deliveryOf(id);
  assert.deepEqual([dead.state, dead.attempts, dead.nextAttemptAt], ["DEAD", 10, null]);
  await attemptAll();
  assert.equal(receiver.received.length, 10);

  for (let more = 2; more <= 5; more++) {
    assert.equal((await webhookOf(webhookId)).enabled, true, `${more - 1} given up`);
    const { id: next } = await ping(webhookId);
    await registry.dataSource.query(`UPDATE webhook_delivery SET attempts = 9 WHERE id = $1`, [next]);
    if (more === 5) await insertPtm(registry.dataSource); // waits beside it
    await attemptAll();
  }
  const { enabled, disabledReason } = await webhookOf(webhookId);
  assert.equal(enabled, false);
  assert.equal(
    disabledReason,
    "5 deliveries in a row were given up; the last one: The receiver answered 500, and only 2xx accepts.",
  );
  const [event] = await registry.dataSource.getRepository(AuditEvent).findBy({ action: "disableWebhook" });
  assert.deepEqual([event!.subjectId, event!.actor], [webhookId, "webhook deliveries"]);
  await assert.rejects(ping(webhookId), /The webhook is disabled/);
  await assert.rejects(requests().replay(id, VIEWER), /The webhook is disabled/);

  const waiting = await registry.dataSource
    .getRepository(WebhookDelivery)
    .findOneByOrFail({ webhookId, event: "PTM_ADDED" });
  assert.deepEqual([waiting.state, waiting.nextAttemptAt], ["PENDING", null]);
  receiver.answers.length = 0;
  await new UpdateWebhook(registry.dataSource).run({ webhookId, enabled: true }, VIEWER);
  await attemptAll();
  assert.equal((await deliveryOf(waiting.id)).state, "DELIVERED");
  const after = await webhookOf(webhookId);
  assert.deepEqual([after.enabled, after.disabledReason, after.deadInARow], [true, null, 0]);
});

test("a delivery that is accepted ends the row of those that were given up", async () => {
  const { id: webhookId } = await newWebhook();
  await registry.dataSource.query(`UPDATE webhook SET dead_in_a_row = 4`);
  await ping(webhookId);
  await attemptAll();
  assert.equal((await webhookOf(webhookId)).deadInARow, 0);
});

test("a receiver that says it is gone is told nothing more", async () => {
  const { id: webhookId } = await newWebhook();
  const { id } = await ping(webhookId);
  receiver.answers.push(410);
  await attemptAll();
  assert.equal((await deliveryOf(id)).state, "DEAD");
  const { enabled, disabledReason } = await webhookOf(webhookId);
  assert.deepEqual([enabled, disabledReason], [false, "The receiver answered 410: it is gone for good."]);
});

test("while secrets change both verify, and a leaked one ends at once", async () => {
  const { id: webhookId, secret: first } = await newWebhook();
  const rotate = new RotateWebhookSecret(registry.dataSource);
  const { secret: second } = await rotate.run({ webhookId, immediately: false }, VIEWER);
  const received = async (): Promise<Received> => {
    await ping(webhookId);
    await attemptAll();
    return receiver.received.at(-1)!;
  };
  const during = await received();
  for (const secret of [first, second]) verified(during, secret);
  await assert.rejects(
    rotate.run({ webhookId, immediately: false }, VIEWER),
    /The secret before still signs/,
  );

  await registry.dataSource.query(`UPDATE webhook SET previous_secret_until = now() - interval '1 second'`);
  const later = await received();
  verified(later, second);
  assert.throws(() => verified(later, first), /No matching signature/);

  const { secret: third } = await rotate.run({ webhookId, immediately: true }, VIEWER);
  const last = await received();
  verified(last, third);
  assert.throws(() => verified(last, second), /No matching signature/);
});

test("an attempt that another has overtaken writes nothing", async () => {
  const { id } = await ping((await newWebhook()).id);
  const deliver = courier();
  const [slow] = await deliver.take([]);
  await timePasses(); // the first worker counts as dead
  const [other] = await deliver.take([]);
  assert.deepEqual([slow!.attempts, other!.attempts], [1, 2]);
  receiver.answers.push(500);
  await deliver.attempt(slow!, signal);
  const { state, status, error } = await deliveryOf(id);
  assert.deepEqual([state, status, error], ["PENDING", null, null]);
  await deliver.attempt(other!, signal);
  assert.equal((await deliveryOf(id)).state, "DELIVERED");
});

test("what is taken by many at once is taken once, four at a time of a webhook, and not of those that are busy", async () => {
  const [one, two] = [await newWebhook("one"), await newWebhook("two")];
  for (let i = 0; i < 6; i++) await insertPtm(registry.dataSource);
  const deliver = courier();
  assert.deepEqual(
    (await deliver.take([one.id])).map(({ webhookId }) => webhookId),
    Array<string>(4).fill(two.id),
  );
  const taken = await Promise.all(Array.from({ length: 8 }, () => deliver.take([])));
  const ids = taken.flat().map(({ id }) => id);
  assert.equal(ids.length, 8);
  assert.equal(new Set(ids).size, 8);
  assert.deepEqual(await deliver.take([]), []);
});

test("a webhook that is removed while it is told leaves nothing behind", async () => {
  const { id: webhookId } = await newWebhook();
  await ping(webhookId);
  const deliver = courier();
  const [taken] = await deliver.take([]);
  await new UpdateWebhook(registry.dataSource).remove(webhookId, VIEWER);
  await deliver.attempt(taken!, signal);
  assert.equal(receiver.received.length, 0);
  assert.equal(await registry.dataSource.getRepository(WebhookDelivery).count(), 0);
});

test("deliveries are forgotten after a month", async () => {
  const { id: webhookId } = await newWebhook();
  const insert = (age: string): Promise<unknown> =>
    registry.dataSource.query(
      `INSERT INTO webhook_delivery (id, webhook_id, event, subject, created_at)
       VALUES ($1, $2, 'PING', '{}', now() - $3::interval)`,
      [uuid(), webhookId, age],
    );
  await insert("31 days");
  await insert("29 days");
  await courier().prune();
  assert.equal(await registry.dataSource.getRepository(WebhookDelivery).count(), 1);
});
