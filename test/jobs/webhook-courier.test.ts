import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";

import { WebhookDelivery } from "../../src/entities/webhook-delivery.js";
import { WebhookCourier } from "../../src/jobs/webhook-courier.js";
import { createLogger } from "../../src/log.js";
import { localViewer } from "../../src/services/access/viewer.js";
import { HostList } from "../../src/services/outbound/host-list.js";
import { OutboundHttp } from "../../src/services/outbound/outbound-http.js";
import { AddWebhook } from "../../src/services/webhooks/add-webhook.js";
import { DeliverWebhooks } from "../../src/services/webhooks/deliver-webhooks.js";
import { repositoryRoot } from "../support/paths.js";
import { createTestRegistry, insertPtm, type TestRegistry } from "../support/registry.js";
import { TEST_NETWORK } from "../support/tls-server.js";
import { verified, WebhookReceiver } from "../support/webhook-receiver.js";

const PROGRAM = fileURLToPath(new URL("dist/test/support/courier-process.js", repositoryRoot));
const log = createLogger("silent");

/** A registry and a receiver that end with a test. */
async function open(t: TestContext): Promise<{ registry: TestRegistry; receiver: WebhookReceiver }> {
  const registry = await createTestRegistry();
  const receiver = await WebhookReceiver.start();
  t.after(async () => {
    await receiver.close();
    await registry.drop();
  });
  return { registry, receiver };
}

function newCourier({ dataSource }: TestRegistry, receiver: WebhookReceiver): WebhookCourier {
  const door = new OutboundHttp(new HostList([receiver.host]), "ORB_WEBHOOK_HOSTS", TEST_NETWORK);
  return new WebhookCourier(
    new DeliverWebhooks(
      dataSource,
      door,
      log,
      () => new Date(),
      () => 0.5,
    ),
    log,
  );
}

/** @returns the secret of a webhook that is told of every new PTM */
async function addWebhook({ dataSource }: TestRegistry, receiver: WebhookReceiver): Promise<string> {
  const door = new OutboundHttp(new HostList([receiver.host]), "ORB_WEBHOOK_HOSTS", TEST_NETWORK);
  const input = { url: receiver.url(), events: ["PTM_ADDED"] } as const;
  return (await new AddWebhook(dataSource, door).run(input, localViewer("test"))).secret;
}

test("what a killed process was delivering another delivers again, under the same id", async (t) => {
  const { registry, receiver } = await open(t);
  const secret = await addWebhook(registry, receiver);
  await insertPtm(registry.dataSource);

  receiver.answers.push("never");
  const doomed = spawn(process.execPath, [PROGRAM, JSON.stringify(registry.address), receiver.host], {
    stdio: "inherit",
  });
  t.after(() => doomed.kill("SIGKILL"));
  const first = await receiver.nth(1);
  doomed.kill("SIGKILL");
  await once(doomed, "exit");

  const deliveries = registry.dataSource.getRepository(WebhookDelivery);
  const { state, attempts, nextAttemptAt } = await deliveries.findOneByOrFail({});
  assert.deepEqual([state, attempts], ["PENDING", 1]);
  assert.ok(nextAttemptAt !== null, "it is due again by itself");
  await registry.dataSource.query(`UPDATE webhook_delivery SET next_attempt_at = now()`); // that time has come

  const courier = newCourier(registry, receiver);
  courier.start();
  const second = await receiver.nth(2);
  await courier.stop();
  assert.deepEqual(verified(second, secret), verified(first, secret));
  assert.equal(second.headers["webhook-id"], first.headers["webhook-id"]);
  const after = await deliveries.findOneByOrFail({});
  assert.deepEqual([after.state, after.attempts], ["DELIVERED", 2]);
});

test("a courier brings what comes while it runs, many at once, and waits for answers when it stops", async (t) => {
  const { registry, receiver } = await open(t);
  await addWebhook(registry, receiver);
  const courier = newCourier(registry, receiver);
  courier.start();
  for (let i = 0; i < 10; i++) await insertPtm(registry.dataSource);
  await receiver.nth(10);
  await courier.stop();
  const deliveries = await registry.dataSource.getRepository(WebhookDelivery).find();
  assert.deepEqual(
    deliveries.map(({ state, attempts }) => [state, attempts]),
    Array.from({ length: 10 }, () => ["DELIVERED", 1]),
  );
  const ids = new Set(receiver.received.map(({ headers }) => headers["webhook-id"]));
  assert.equal(ids.size, 10);
});

test("a courier that stops leaves what gets no answer to be tried again", async (t) => {
  const { registry, receiver } = await open(t);
  await addWebhook(registry, receiver);
  receiver.answers.push("never");
  await insertPtm(registry.dataSource);
  const courier = newCourier(registry, receiver);
  courier.start();
  await receiver.nth(1);
  await courier.stop();
  const [{ state, attempts, status, error, nextAttemptAt }] = (await registry.dataSource
    .getRepository(WebhookDelivery)
    .find()) as [WebhookDelivery];
  assert.deepEqual([state, attempts, status, error], ["PENDING", 1, null, null]);
  assert.ok(nextAttemptAt !== null);
});
