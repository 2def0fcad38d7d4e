/**
 * A process that brings deliveries to webhooks, to be killed: of the registry whose address is its first argument, to the
 * host that is its second, on a network where `.test` names are this machine.
 */
import "reflect-metadata";

import type { DatabaseAddress } from "../../src/database/data-source.js";
import { WebhookCourier } from "../../src/jobs/webhook-courier.js";
import { createLogger } from "../../src/log.js";
import { HostList } from "../../src/services/outbound/host-list.js";
import { OutboundHttp } from "../../src/services/outbound/outbound-http.js";
import { DeliverWebhooks } from "../../src/services/webhooks/deliver-webhooks.js";
import { connectRegistry } from "./registry.js";
import { TEST_NETWORK } from "./tls-server.js";

const [address = "", host = ""] = process.argv.slice(2);
const dataSource = await connectRegistry(JSON.parse(address) as DatabaseAddress);
const door = new OutboundHttp(new HostList([host]), "ORB_WEBHOOK_HOSTS", TEST_NETWORK);
const log = createLogger("silent");
const deliver = new DeliverWebhooks(dataSource, door, log, () => new Date(), Math.random);
new WebhookCourier(deliver, log).start();
