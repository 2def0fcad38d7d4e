import { type Command, Option } from "commander";

import type { WebhookDeliveryState, WebhookEvent } from "orbweaver-client";

import { examples, type ListOptions, withLimit } from "./command-parts.js";
import { type ServerOptions, withServerOptions } from "./server-options.js";

type DeliveryOptions = ListOptions & { state?: WebhookDeliveryState };

/** `orb webhook ...`, for administrators. */
export function addWebhookCommands(webhook: Command): void {
  withServerOptions(webhook.command("list"))
    .description("who is told of events")
    .action(async (options: ServerOptions) => (await code()).listWebhooksCommand(options));
  examples(webhook, "list", ["orb webhook list"]);
  withServerOptions(webhook.command("add"))
    .description("tell an address of events; the secret that signs them is printed once")
    .argument("<url>", "an https address whose host the server allows")
    .argument("<event...>", "such as PTM_READY")
    .action(async (url: string, events: WebhookEvent[], options: ServerOptions) =>
      (await code()).addWebhookCommand(url, events, options),
    );
  examples(webhook, "add", ["orb webhook add https://hooks.example.org/orb PTM_READY RERANK_COMPLETED"]);
  withServerOptions(webhook.command("rotate"))
    .description("give a webhook another secret, printed once; for a day both sign")
    .argument("<url>", "its address or id")
    .option("--immediately", "the secret before ends now: it was leaked")
    .action(async (url: string, options: ServerOptions & { immediately?: boolean }) =>
      (await code()).rotateWebhookCommand(url, options),
    );
  examples(webhook, "rotate", ["orb webhook rotate https://hooks.example.org/orb"]);
  withServerOptions(webhook.command("remove"))
    .description("tell an address nothing more")
    .argument("<url>", "its address or id")
    .action(async (url: string, options: ServerOptions) => (await code()).removeWebhookCommand(url, options));
  examples(webhook, "remove", ["orb webhook remove https://hooks.example.org/orb"]);
  withServerOptions(webhook.command("ping"))
    .description("send a ping, to see whether the receiver listens")
    .argument("<url>", "its address or id")
    .action(async (url: string, options: ServerOptions) => (await code()).pingWebhookCommand(url, options));
  examples(webhook, "ping", ["orb webhook ping https://hooks.example.org/orb"]);
  withServerOptions(withLimit(webhook.command("deliveries")))
    .description("what was and will be sent, newest first")
    .addOption(new Option("--state <state>", "only these").choices(["PENDING", "DELIVERED", "DEAD"]))
    .action(async (options: DeliveryOptions) => (await code()).listDeliveriesCommand(options));
  examples(webhook, "deliveries", ["orb webhook deliveries --state DEAD"]);
  withServerOptions(webhook.command("replay"))
    .description("send a delivery that is over again")
    .argument("<id>", "of the delivery, as `deliveries` shows it")
    .action(async (id: string, options: ServerOptions) => (await code()).replayDeliveryCommand(id, options));
  examples(webhook, "replay", ["orb webhook replay V2ViaG9va0RlbGl2ZXJ5Oi4uLg"]);
}

const code = () => import("./webhook.js");
