import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { test } from "node:test";

import { RateLimiterMemory } from "rate-limiter-flexible";

import { Access, type Admitted, type Credentials, RateLimited } from "../../src/schema/access.js";
import { localViewer } from "../../src/services/access/viewer.js";

const GOOD: Admitted = { viewer: { ...localViewer("holder"), keyId: "1" }, expiresAt: null };
const OTHER: Admitted = { viewer: { ...localViewer("other"), keyId: "2" }, expiresAt: null };

/** Knows two holders by the bearers "good" and "other". */
const credentials: Credentials = {
  admit: async (bearer) => new Map([["good", GOOD], ["other", OTHER]]).get(bearer), // prettier-ignore
  working: async (ids) => new Set(ids.filter((id) => id === "1")),
  forget: () => undefined,
};

function limiter(points: number): RateLimiterMemory {
  return new RateLimiterMemory({ points, duration: 60 });
}

function requestFrom(remoteAddress: string, host = "localhost:4000"): IncomingMessage {
  return { socket: { remoteAddress }, headers: { host } } as IncomingMessage;
}

test("28: a server that others can reach asks for credentials", () => {
  for (const host of ["0.0.0.0", "::", "192.0.2.1", "example.org"]) {
    assert.throws(
      () => new Access(undefined, host, limiter(1)),
      /^Error: The configuration is wrong:\n {2}ORB_AUTH: /,
    );
    assert.doesNotThrow(() => new Access(credentials, host, limiter(1)));
  }
  for (const host of ["127.0.0.1", "::1", "localhost"])
    assert.doesNotThrow(() => new Access(undefined, host, limiter(1)));
});

test("13: without credentials the server answers to its local names alone, whatever address they lead to", async () => {
  const access = new Access(undefined, "127.0.0.1", limiter(100));
  for (const host of ["127.0.0.1", "127.0.0.1:4000", "localhost:4000", "[::1]:4000"]) {
    assert.deepEqual((await access.admit(requestFrom("127.0.0.1", host), undefined)).viewer.role, "ADMIN");
  }
  for (const host of ["example.org", "example.org:4000", "127.0.0.1.example.org", ""]) {
    await assert.rejects(access.admit(requestFrom("127.0.0.1", host), undefined), { code: "FORBIDDEN" });
  }
});

test("28: good credentials alone admit, as a bearer", async () => {
  const access = new Access(credentials, "0.0.0.0", limiter(100));
  assert.equal(await access.admit(requestFrom("192.0.2.1"), "Bearer good"), GOOD);
  for (const authorization of [
    undefined,
    "",
    "good",
    "Basic good",
    "Bearer goodx",
    "Bearer ",
    "Bearer good x",
  ]) {
    await assert.rejects(access.admit(requestFrom("192.0.2.1"), authorization), { code: "UNAUTHENTICATED" });
  }
});

test("37: who asks too often is told when to come back, and others at the same address are not held up", async () => {
  const access = new Access(credentials, "0.0.0.0", limiter(3));
  for (let i = 0; i < 3; i++) await access.admit(requestFrom("192.0.2.1"), "Bearer good");
  await assert.rejects(access.admit(requestFrom("192.0.2.2"), "Bearer good"), (error) => {
    assert.ok(error instanceof RateLimited);
    assert.equal(error.code, "RESOURCE_EXHAUSTED");
    assert.ok(error.retryAfterSeconds >= 1 && error.retryAfterSeconds <= 60);
    return true;
  });
  assert.equal(await access.admit(requestFrom("192.0.2.1"), "Bearer other"), OTHER);
});

test("31: who guesses is told to wait, and holders at the same address are not", async () => {
  const access = new Access(credentials, "0.0.0.0", limiter(100));
  const guesser = requestFrom("192.0.2.1");
  for (let i = 0; i < 60; i++) {
    await assert.rejects(access.admit(guesser, `Bearer ${i}`), { code: "UNAUTHENTICATED" });
  }
  await assert.rejects(access.admit(guesser, "Bearer x"), RateLimited);
  assert.equal(await access.admit(guesser, "Bearer good"), GOOD);
});

test("45: credentials end by being revoked and by their date", async () => {
  const access = new Access(credentials, "0.0.0.0", limiter(100));
  const past = { ...GOOD, expiresAt: new Date(Date.now() - 1) };
  const future = { ...GOOD, expiresAt: new Date(Date.now() + 60_000) };
  assert.deepEqual(await access.ended([GOOD, OTHER, past, future]), [OTHER, past]);
});
