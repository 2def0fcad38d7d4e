import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { v7 as uuid } from "uuid";

import { WebhookDelivery } from "../../src/entities/webhook-delivery.js";
import { Webhook } from "../../src/entities/webhook.js";
import { createLogger } from "../../src/log.js";
import { localViewer } from "../../src/services/access/viewer.js";
import { HostList } from "../../src/services/outbound/host-list.js";
import { OutboundHttp } from "../../src/services/outbound/outbound-http.js";
import { DeliverWebhooks } from "../../src/services/webhooks/deliver-webhooks.js";
import { RequestDelivery } from "../../src/services/webhooks/request-delivery.js";
import { createWebhookSecret } from "../../src/services/webhooks/webhook-signature.js";
import { repositoryRoot } from "../support/paths.js";
import { createTestRegistry, insertPtm } from "../support/registry.js";
import { TEST_NETWORK } from "../support/tls-server.js";

const path = (file: string): string => fileURLToPath(new URL(file, repositoryRoot));

test("the example of a receiver takes each event once, and none that others signed", async (t) => {
  const registry = await createTestRegistry();
  t.after(() => registry.drop());
  const { dataSource } = registry;
  const secret = createWebhookSecret();
  const child = spawn(process.execPath, [path("dist/examples/receive-webhooks.js"), "0"], {
    env: {
      WEBHOOK_SECRET: secret,
      TLS_CERTIFICATE: path("test/refs/tls/certificate.pem"),
      TLS_KEY: path("test/refs/tls/key.pem"),
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(() => child.kill());
  const lines = createInterface(child.stdout);
  const said = async (): Promise<string> => ((await once(lines, "line")) as [string])[0];
  const host = `elsewhere.test:${/\d+$/.exec(await said())![0]}`;

  const webhookId = uuid();
  const hook = { id: webhookId, url: `https://${host}/`, enabled: true, createdBy: "test" };
  await dataSource.manager.insert(Webhook, { ...hook, events: ["PTM_ADDED"], secret });
  const door = new OutboundHttp(new HostList([host]), "ORB_WEBHOOK_HOSTS", TEST_NETWORK);
  const deliver = new DeliverWebhooks(
    dataSource,
    door,
    createLogger("silent"),
    () => new Date(),
    () => 0.5,
  );
  const attempt = async (): Promise<WebhookDelivery> => {
    const [taken] = await deliver.take([]);
    await deliver.attempt(taken!, new AbortController().signal);
    return dataSource.getRepository(WebhookDelivery).findOneByOrFail({ id: taken!.id });
  };

  const { name } = await insertPtm(dataSource);
  const [first, delivered] = await Promise.all([said(), attempt()]);
  assert.deepEqual([first, delivered.status], [`ptm.added ${name} INSPECTING`, 204]);

  const requests = new RequestDelivery(dataSource);
  await requests.replay(delivered.id, localViewer("test"));
  assert.equal((await attempt()).status, 204, "accepted, and not handled again");
  await requests.ping(webhookId, localViewer("test"));
  const [next] = await Promise.all([said(), attempt()]);
  assert.equal(next, "ping");

  await dataSource.getRepository(Webhook).update({ id: webhookId }, { secret: createWebhookSecret() });
  await requests.ping(webhookId, localViewer("test"));
  assert.equal((await attempt()).status, 401);

  const readme = await readFile(path("examples/README.md"), "utf8");
  assert.ok(readme.includes("(receive-webhooks.ts)"));
});
