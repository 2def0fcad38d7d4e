import assert from "node:assert/strict";
import { test } from "node:test";

import { Webhook as Verifier } from "standardwebhooks";

import { createWebhookSecret, signatureHeaders } from "../../../src/services/webhooks/webhook-signature.js";

const BODY = `{"type":"ping","data":{"by":"Ådä 🕸"}}`;
const seconds = (): number => Math.floor(Date.now() / 1000);

test("the standard's own library verifies what is signed", () => {
  const secret = createWebhookSecret();
  const headers = signatureHeaders({ id: "msg_1", seconds: seconds(), body: BODY }, [secret]);
  assert.deepEqual(new Verifier(secret).verify(BODY, headers), JSON.parse(BODY));
});

test("a signature is the one that the standard's library makes", () => {
  const secret = createWebhookSecret();
  const at = new Date(1_614_265_330_000);
  const headers = signatureHeaders({ id: "msg_1", seconds: 1_614_265_330, body: BODY }, [secret]);
  assert.equal(headers["webhook-signature"], new Verifier(secret).sign("msg_1", at, BODY));
});

test("another body, id, time or secret is refused", () => {
  const secret = createWebhookSecret();
  const message = { id: "msg_1", seconds: seconds(), body: BODY };
  const headers = signatureHeaders(message, [secret]);
  const verifier = new Verifier(secret);
  assert.throws(() => verifier.verify(`${BODY} `, headers), /No matching signature/);
  assert.throws(() => verifier.verify(BODY, { ...headers, "webhook-id": "msg_2" }), /No matching signature/);
  const later = { ...headers, "webhook-timestamp": String(message.seconds + 1) };
  assert.throws(() => verifier.verify(BODY, later), /No matching signature/);
  assert.throws(() => new Verifier(createWebhookSecret()).verify(BODY, headers), /No matching signature/);
  const old = signatureHeaders({ ...message, seconds: message.seconds - 3600 }, [secret]);
  assert.throws(() => verifier.verify(BODY, old), /too old/);
});

test("each of two secrets verifies what both have signed", () => {
  const secrets = [createWebhookSecret(), createWebhookSecret()];
  const headers = signatureHeaders({ id: "msg_1", seconds: seconds(), body: BODY }, secrets);
  for (const secret of secrets) new Verifier(secret).verify(BODY, headers);
});

test("a secret is a prefix and 256 random bits in base64", () => {
  const secrets = Array.from({ length: 100 }, createWebhookSecret);
  for (const secret of secrets) assert.match(secret, /^whsec_[A-Za-z0-9+/]{43}=$/);
  assert.equal(new Set(secrets).size, 100);
});
