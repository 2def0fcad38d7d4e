import { createHmac, randomBytes } from "node:crypto";

const SECRET_BYTES = 32;
const PREFIX = "whsec_";

/** A secret in the form of Standard Webhooks: a prefix by which scanners know it, and base64. */
export function createWebhookSecret(): string {
  return `${PREFIX}${randomBytes(SECRET_BYTES).toString("base64")}`;
}

export interface SignedMessage {
  readonly id: string;
  /** Of this attempt, so that a receiver can refuse what somebody recorded and sends again. */
  readonly seconds: number;
  readonly body: string;
}

/**
 * The headers of Standard Webhooks: HMAC-SHA-256 over id, time and body, one signature for each secret that works.
 *
 * Source: https://www.standardwebhooks.com, scheme v1.
 */
export function signatureHeaders(
  { id, seconds, body }: SignedMessage,
  secrets: readonly string[],
): Record<string, string> {
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(PREFIX.length), "base64");
    return `v1,${createHmac("sha256", key).update(`${id}.${seconds}.${body}`).digest("base64")}`;
  });
  return {
    "webhook-id": id,
    "webhook-timestamp": String(seconds),
    "webhook-signature": signatures.join(" "),
  };
}
