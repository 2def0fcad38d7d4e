import process from "node:process";

import {
  AddWebhookDocument,
  everyItem,
  made,
  type OrbClient,
  OrbError,
  PingWebhookDocument,
  RemoveWebhookDocument,
  ReplayWebhookDeliveryDocument,
  RotateWebhookSecretDocument,
  WebhookDeliveriesDocument,
  type WebhookDeliveryPartsFragment,
  type WebhookDeliveryState,
  type WebhookEvent,
  type WebhookPartsFragment,
  WebhooksDocument,
} from "orbweaver-client";

import { printJson, say, table } from "./output.js";
import type { ServerOptions } from "./server-options.js";
import { take } from "./take.js";
import { withServer } from "./with-server.js";

/** `orb webhook list` */
export async function listWebhooksCommand(options: ServerOptions): Promise<void> {
  await withServer(options, async (orb) => {
    const webhooks = await take(webhooksOf(orb), Infinity);
    if (options.json) return printJson(...webhooks);
    const columns = [
      { title: "url", cell: ({ url }: WebhookPartsFragment) => url },
      { title: "told", cell: ({ enabled }: WebhookPartsFragment) => (enabled ? "yes" : "no") },
      { title: "events", cell: ({ events }: WebhookPartsFragment) => events.join(",") },
      { title: "why not", cell: ({ disabledReason }: WebhookPartsFragment) => disabledReason },
    ];
    process.stdout.write(`${table(columns, webhooks)}\n`);
  });
}

/** `orb webhook add`: the secret goes to stdout, once. */
export async function addWebhookCommand(
  url: string,
  events: WebhookEvent[],
  options: ServerOptions,
): Promise<void> {
  await withServer(options, async (orb) => {
    const { addWebhook } = await orb.ask(AddWebhookDocument, { input: { url, events } });
    const secret = made(addWebhook, "secret");
    if (options.json) return printJson({ ...addWebhook.webhook, secret });
    process.stdout.write(`${secret}\n`);
    say(`The secret of ${url}. It is shown this once.`);
  });
}

/** `orb webhook rotate`: the new secret goes to stdout, once. */
export async function rotateWebhookCommand(
  url: string,
  { immediately = false, ...options }: ServerOptions & { immediately?: boolean },
): Promise<void> {
  await withServer(options, async (orb) => {
    const input = { webhookId: await idOf(orb, url), immediately };
    const { rotateWebhookSecret } = await orb.ask(RotateWebhookSecretDocument, { input });
    const secret = made(rotateWebhookSecret, "secret");
    if (options.json) return printJson({ ...rotateWebhookSecret.webhook, secret });
    process.stdout.write(`${secret}\n`);
    const until = rotateWebhookSecret.webhook?.previousSecretUntil;
    say(until == null ? "The one before signs no more." : `The one before signs too until ${until}.`);
  });
}

/** `orb webhook remove` */
export async function removeWebhookCommand(url: string, options: ServerOptions): Promise<void> {
  await withServer(options, async (orb) => {
    const { removeWebhook } = await orb.ask(RemoveWebhookDocument, {
      input: { webhookId: await idOf(orb, url) },
    });
    const webhook = made(removeWebhook, "webhook");
    if (options.json) printJson(webhook);
    else process.stdout.write(`${webhook.url} is told nothing more.\n`);
  });
}

/** `orb webhook ping` */
export async function pingWebhookCommand(url: string, options: ServerOptions): Promise<void> {
  await withServer(options, async (orb) => {
    const { pingWebhook } = await orb.ask(PingWebhookDocument, {
      input: { webhookId: await idOf(orb, url) },
    });
    tell(made(pingWebhook, "delivery"), options);
  });
}

/** `orb webhook replay` */
export async function replayDeliveryCommand(deliveryId: string, options: ServerOptions): Promise<void> {
  await withServer(options, async (orb) => {
    const { replayWebhookDelivery } = await orb.ask(ReplayWebhookDeliveryDocument, { input: { deliveryId } });
    tell(made(replayWebhookDelivery, "delivery"), options);
  });
}

/** `orb webhook deliveries` */
export async function listDeliveriesCommand(
  options: ServerOptions & { limit: number; state?: WebhookDeliveryState },
): Promise<void> {
  await withServer(options, async (orb) => {
    const filter = options.state === undefined ? {} : { state: [options.state] };
    const all = everyItem(
      async (after) =>
        (await orb.ask(WebhookDeliveriesDocument, { first: 100, after, filter })).webhookDeliveries,
    );
    const deliveries = await take(all, options.limit);
    if (options.json) return printJson(...deliveries);
    process.stdout.write(`${deliveryTable(deliveries)}\n`);
  });
}

function deliveryTable(deliveries: readonly WebhookDeliveryPartsFragment[]): string {
  return table<WebhookDeliveryPartsFragment>(
    [
      { title: "when", cell: ({ createdAt }) => createdAt.slice(0, 19) },
      { title: "event", cell: ({ event }) => event },
      { title: "state", cell: ({ state }) => state },
      { title: "attempts", cell: ({ attempts }) => attempts, right: true },
      { title: "to", cell: ({ webhook }) => webhook?.url },
      { title: "why", cell: ({ error }) => error },
      { title: "id", cell: ({ id }) => id },
    ],
    deliveries,
  );
}

function tell(delivery: WebhookDeliveryPartsFragment, { json }: ServerOptions): void {
  if (json) printJson(delivery);
  else
    process.stdout.write(`${delivery.event} is on its way; \`orb webhook deliveries\` tells how it went.\n`);
}

function webhooksOf(orb: OrbClient): AsyncIterable<WebhookPartsFragment> {
  return everyItem(async (after) => (await orb.ask(WebhooksDocument, { first: 100, after })).webhooks);
}

async function idOf(orb: OrbClient, which: string): Promise<string> {
  for await (const { id, url } of webhooksOf(orb)) if (id === which || url === which) return id;
  throw new OrbError("NOT_FOUND", `There is no webhook with the address or id "${which}".`);
}
