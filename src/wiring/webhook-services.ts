import { WebhookCourier } from "../jobs/webhook-courier.js";
import { HostList } from "../services/outbound/host-list.js";
import { OutboundHttp } from "../services/outbound/outbound-http.js";
import { AddWebhook } from "../services/webhooks/add-webhook.js";
import { BrowseWebhooks } from "../services/webhooks/browse-webhooks.js";
import { DeliverWebhooks } from "../services/webhooks/deliver-webhooks.js";
import { RequestDelivery } from "../services/webhooks/request-delivery.js";
import { RotateWebhookSecret } from "../services/webhooks/rotate-webhook-secret.js";
import { UpdateWebhook } from "../services/webhooks/update-webhook.js";
import type { Foundation } from "./foundation.js";

/** Telling other programs of events. */
export function webhookServices(foundation: Foundation) {
  const { dataSource } = foundation;
  return {
    webhooks: {
      browse: new BrowseWebhooks(dataSource),
      add: new AddWebhook(dataSource, webhookDoor(foundation)),
      update: new UpdateWebhook(dataSource),
      rotateSecret: new RotateWebhookSecret(dataSource),
      request: new RequestDelivery(dataSource),
    },
  };
}

/** A process without allowed hosts reaches no receiver, and leaves deliveries to those that have some. */
export function deliverWebhooks(foundation: Foundation): void {
  const { config, dataSource, log, closers } = foundation;
  if (config.webhookHosts.length === 0) return;
  const now = (): Date => new Date();
  const deliver = new DeliverWebhooks(dataSource, webhookDoor(foundation), log, now, Math.random);
  const courier = new WebhookCourier(deliver, log);
  courier.start();
  closers.add(() => courier.stop());
}

function webhookDoor({ config, internet }: Foundation): OutboundHttp {
  return new OutboundHttp(new HostList(config.webhookHosts), "ORB_WEBHOOK_HOSTS", internet);
}
