import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { test } from "node:test";

import { Access, RateLimited } from "../../src/schema/access.js";
import { localViewer } from "../../src/services/viewer.js";

const KEY = "a-key-of-more-than-twenty-characters";

function requestFrom(remoteAddress: string): IncomingMessage {
  return { socket: { remoteAddress } } as IncomingMessage;
}

test("a server that others can reach must have a key", () => {
  for (const host of ["0.0.0.0", "::", "192.0.2.1", "example.org"]) {
    assert.throws(() => new Access(undefined, host, 1), /set ORB_ACCESS_KEY/);
    assert.doesNotThrow(() => new Access(KEY, host, 1));
  }
  for (const host of ["127.0.0.1", "::1", "localhost"])
    assert.doesNotThrow(() => new Access(undefined, host, 1));
});

test("the key alone admits, as a bearer", async () => {
  const access = new Access(KEY, "0.0.0.0", 100);
  assert.deepEqual(await access.admit(requestFrom("192.0.2.1"), `Bearer ${KEY}`), localViewer("access-key"));
  for (const authorization of [
    undefined,
    "",
    KEY,
    `Basic ${KEY}`,
    `Bearer ${KEY}x`,
    `Bearer ${KEY.slice(1)}`,
    "Bearer ",
  ]) {
    await assert.rejects(access.admit(requestFrom("192.0.2.1"), authorization), { code: "UNAUTHENTICATED" });
  }
});

test("37: who asks too often is told when to come back, and others are not held up", async () => {
  const access = new Access(undefined, "127.0.0.1", 3);
  const busy = requestFrom("192.0.2.1");
  for (let i = 0; i < 3; i++) await access.admit(busy, undefined);
  await assert.rejects(access.admit(busy, undefined), (error) => {
    assert.ok(error instanceof RateLimited);
    assert.equal(error.code, "RESOURCE_EXHAUSTED");
    assert.ok(error.retryAfterSeconds >= 1 && error.retryAfterSeconds <= 60);
    return true;
  });
  assert.deepEqual(await access.admit(requestFrom("192.0.2.2"), undefined), localViewer("local"));
});

test("31: wrong keys count as requests, so that guessing is slow", async () => {
  const access = new Access(KEY, "0.0.0.0", 2);
  const guesser = requestFrom("192.0.2.1");
  for (let i = 0; i < 2; i++)
    await assert.rejects(access.admit(guesser, "Bearer x"), { code: "UNAUTHENTICATED" });
  await assert.rejects(access.admit(guesser, `Bearer ${KEY}`), RateLimited);
});
