import { payloadType } from "./payloads.type.js";
import { WebhookDeliveryType, WebhookType } from "./webhook.type.js";

const secret = {
  type: () => String,
  description: "What its deliveries are signed with. Nobody can tell it again.",
} as const;

export const AddWebhookPayload = payloadType("AddWebhook", {
  webhook: { type: () => WebhookType, description: "The webhook." },
  secret,
});

export const UpdateWebhookPayload = payloadType("UpdateWebhook", {
  webhook: { type: () => WebhookType, description: "The webhook as it is now." },
});

export const RemoveWebhookPayload = payloadType("RemoveWebhook", {
  webhook: { type: () => WebhookType, description: "The webhook as it was." },
});

export const RotateWebhookSecretPayload = payloadType("RotateWebhookSecret", {
  webhook: { type: () => WebhookType, description: "The webhook as it is now." },
  secret,
});

export const PingWebhookPayload = payloadType("PingWebhook", {
  delivery: { type: () => WebhookDeliveryType, description: "The PING, new or waiting." },
});

export const ReplayWebhookDeliveryPayload = payloadType("ReplayWebhookDelivery", {
  delivery: { type: () => WebhookDeliveryType, description: "The delivery as it is now." },
});
