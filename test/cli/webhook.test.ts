import assert from "node:assert/strict";
import { after, test } from "node:test";

import { OrbProcess } from "../support/orb-process.js";
import { startTestServer } from "../support/server.js";
import { TEST_NETWORK } from "../support/tls-server.js";
import { verified, WebhookReceiver } from "../support/webhook-receiver.js";

const receiver = await WebhookReceiver.start();
after(() => receiver.close());
const server = await startTestServer({ network: TEST_NETWORK, config: { webhookHosts: [receiver.host] } });
after(() => server.close());
await server.container.work([]); // no jobs, but deliveries

/** What `orb webhook ...` prints. */
async function orb(...command: string[]): Promise<string> {
  const process = new OrbProcess(["webhook", ...command], { ORB_SERVER: server.address });
  const { code } = await process.ended;
  assert.equal(code, 0, process.stderr);
  return process.stdout;
}

test("orb webhook adds, lists, pings, replays, rotates and removes", async () => {
  const url = receiver.url("hook");
  const secret = (await orb("add", url, "PTM_READY", "TASK_READY")).trim();
  assert.match(await orb("list"), new RegExp(`${url} +yes +PTM_READY,TASK_READY`));

  assert.match(await orb("ping", url), /^PING is on its way/);
  const first = await receiver.nth(1);
  verified(first, secret);
  let delivery: { id: string; state: string };
  do delivery = JSON.parse(await orb("deliveries", "--json")) as typeof delivery;
  while (delivery.state === "PENDING");
  assert.match(await orb("deliveries", "--state", "DELIVERED"), /PING +DELIVERED +1 +https/);

  await orb("replay", delivery.id);
  assert.equal((await receiver.nth(2)).headers["webhook-id"], first.headers["webhook-id"]);

  assert.match(await orb("rotate", url), /^whsec_/);
  assert.equal(await orb("remove", url), `${url} is told nothing more.\n`);
  assert.equal((await orb("list", "--json")).trim(), "");
});
