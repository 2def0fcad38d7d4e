import { Arg, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from "type-graphql";

import type { WebhookDelivery } from "../entities/webhook-delivery.js";
import type { Webhook } from "../entities/webhook.js";
import { type Connection, toConnection } from "../schema/connections.js";
import type { Context } from "../schema/context.js";
import { keyOf, toGlobalId } from "../schema/global-id.js";
import {
  AddWebhookInput,
  PingWebhookInput,
  RemoveWebhookInput,
  ReplayWebhookDeliveryInput,
  RotateWebhookSecretInput,
  UpdateWebhookInput,
  WebhookDeliveryFilterInput,
} from "../schema/inputs/webhook.inputs.js";
import { WebhookFilterInput } from "../schema/inputs/administrators-filters.inputs.js";
import { RequiresRole } from "../schema/requires-role.js";
import { settle } from "../schema/settle.js";
import {
  AddWebhookPayload,
  PingWebhookPayload,
  RemoveWebhookPayload,
  ReplayWebhookDeliveryPayload,
  RotateWebhookSecretPayload,
  UpdateWebhookPayload,
} from "../schema/types/webhook-payloads.type.js";
import {
  WebhookConnection,
  WebhookDeliveryConnection,
  WebhookDeliveryType,
  WebhookType,
} from "../schema/types/webhook.type.js";
import type { AddWebhook } from "../services/webhooks/add-webhook.js";
import type { BrowseWebhooks } from "../services/webhooks/browse-webhooks.js";
import type { RequestDelivery } from "../services/webhooks/request-delivery.js";
import type { RotateWebhookSecret } from "../services/webhooks/rotate-webhook-secret.js";
import type { UpdateWebhook } from "../services/webhooks/update-webhook.js";
import { webhookBody } from "../services/webhooks/webhook-body.js";
import { AfterArgument, FilterArgument, FirstArgument } from "./page-arguments.js";

/** The use cases of webhooks. */
export interface WebhookServices {
  readonly browse: BrowseWebhooks;
  readonly add: AddWebhook;
  readonly update: UpdateWebhook;
  readonly rotateSecret: RotateWebhookSecret;
  readonly request: RequestDelivery;
}

@Resolver(() => WebhookType)
export class WebhookResolver {
  constructor(private readonly services: WebhookServices) {}

  @RequiresRole("ADMIN")
  @Query(() => WebhookConnection, { description: "Webhooks, newest first." })
  async webhooks(
    @FirstArgument() first: number,
    @AfterArgument() after: string | null,
    @FilterArgument(() => WebhookFilterInput) filter: WebhookFilterInput | null,
  ): Promise<Connection<unknown>> {
    return toConnection(await this.services.browse.webhooks(filter ?? {}, { first, after }));
  }

  @RequiresRole("ADMIN")
  @Mutation(() => AddWebhookPayload, {
    description:
      "Registers an address that is told of events. The secret that signs its deliveries is in this answer and nowhere else.",
  })
  addWebhook(@Arg("input", () => AddWebhookInput) input: AddWebhookInput, @Ctx() { viewer }: Context) {
    return settle(["input"], () => this.services.add.run(input, viewer));
  }

  @RequiresRole("ADMIN")
  @Mutation(() => UpdateWebhookPayload, { description: "Changes a webhook. Safe to repeat." })
  updateWebhook(
    @Arg("input", () => UpdateWebhookInput) { webhookId, events, enabled }: UpdateWebhookInput,
    @Ctx() { viewer }: Context,
  ) {
    return settle(["input"], async () => {
      const command = { webhookId: keyOf("Webhook", webhookId), events, enabled };
      return { webhook: await this.services.update.run(command, viewer) };
    });
  }

  @RequiresRole("ADMIN")
  @Mutation(() => RemoveWebhookPayload, { description: "Removes a webhook and its deliveries." })
  removeWebhook(
    @Arg("input", () => RemoveWebhookInput) { webhookId }: RemoveWebhookInput,
    @Ctx() { viewer }: Context,
  ) {
    return settle(["input", "webhookId"], async () => ({
      webhook: await this.services.update.remove(keyOf("Webhook", webhookId), viewer),
    }));
  }

  @RequiresRole("ADMIN")
  @Mutation(() => RotateWebhookSecretPayload, {
    description:
      "Gives a webhook another secret, which is in this answer and nowhere else. For a day deliveries bear a signature of " +
      "each, so that receivers can change over.",
  })
  rotateWebhookSecret(
    @Arg("input", () => RotateWebhookSecretInput) { webhookId, immediately }: RotateWebhookSecretInput,
    @Ctx() { viewer }: Context,
  ) {
    return settle(["input"], () =>
      this.services.rotateSecret.run({ webhookId: keyOf("Webhook", webhookId), immediately }, viewer),
    );
  }

  @RequiresRole("ADMIN")
  @Mutation(() => PingWebhookPayload, {
    description: "Sends a PING to a webhook, to see whether its receiver listens. One that waits is joined.",
  })
  pingWebhook(
    @Arg("input", () => PingWebhookInput) { webhookId }: PingWebhookInput,
    @Ctx() { viewer }: Context,
  ) {
    return settle(["input", "webhookId"], async () => ({
      delivery: await this.services.request.ping(keyOf("Webhook", webhookId), viewer),
    }));
  }

  @FieldResolver(() => ID, { description: "Opaque and unique over all types." })
  id(@Root() { id }: Webhook): string {
    return toGlobalId("Webhook", id);
  }
}

@Resolver(() => WebhookDeliveryType)
export class WebhookDeliveryResolver {
  constructor(private readonly services: WebhookServices) {}

  @RequiresRole("ADMIN")
  @Query(() => WebhookDeliveryConnection, {
    description: "What was and will be delivered to a webhook, or to all, newest first.",
  })
  async webhookDeliveries(
    @Arg("webhookId", () => ID, { nullable: true }) webhookId: string | null,
    @FirstArgument() first: number,
    @AfterArgument() after: string | null,
    @Arg("filter", () => WebhookDeliveryFilterInput, { nullable: true })
    filter: WebhookDeliveryFilterInput | null,
  ): Promise<Connection<unknown>> {
    const key = webhookId == null ? undefined : keyOf("Webhook", webhookId);
    return toConnection(await this.services.browse.deliveries(key, filter ?? {}, { first, after }));
  }

  @RequiresRole("ADMIN")
  @Mutation(() => ReplayWebhookDeliveryPayload, {
    description:
      "Sends a delivery that is over again, under the id that it had. One that waits is left as it is.",
  })
  replayWebhookDelivery(
    @Arg("input", () => ReplayWebhookDeliveryInput) { deliveryId }: ReplayWebhookDeliveryInput,
    @Ctx() { viewer }: Context,
  ) {
    return settle(["input", "deliveryId"], async () => ({
      delivery: await this.services.request.replay(keyOf("WebhookDelivery", deliveryId), viewer),
    }));
  }

  @FieldResolver(() => ID, { description: "Opaque and unique over all types." })
  id(@Root() { id }: WebhookDelivery): string {
    return toGlobalId("WebhookDelivery", id);
  }

  @FieldResolver(() => String, {
    description: "What the receiver gets as webhook-id: the same in every attempt and replay.",
  })
  messageId(@Root() { id }: WebhookDelivery): string {
    return id;
  }

  @FieldResolver(() => String, { description: "The request's body, JSON." })
  body(@Root() delivery: WebhookDelivery): string {
    return webhookBody(delivery);
  }

  @FieldResolver(() => WebhookType, { nullable: true, description: "Whom it tells." })
  webhook(@Root() { webhookId }: WebhookDelivery, @Ctx() { loaders }: Context) {
    return loaders.webhook.load(webhookId);
  }
}
