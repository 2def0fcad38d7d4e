import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";

import { exportJWK, generateKeyPair, SignJWT } from "jose";

import { WebSocket } from "ws";

import { client, startTestServer, type TestServer } from "../support/server.js";

const AUDIENCE = "orbweaver";
const { publicKey, privateKey } = await generateKeyPair("ES256");
const stranger = await generateKeyPair("ES256");

let issuer: string;
let fetches = 0;
const provider = createServer((request, response) => {
  fetches++;
  const isKeys = request.url === "/keys";
  void exportJWK(publicKey).then((key) => {
    const keys = { keys: [{ ...key, kid: "1", alg: "ES256", use: "sig" }] };
    response.end(JSON.stringify(isKeys ? keys : { issuer, jwks_uri: `${issuer}/keys` }));
  });
});

let server: TestServer;
before(async () => {
  provider.listen(0, "127.0.0.1");
  await once(provider, "listening");
  issuer = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
  server = await startTestServer({
    config: { auth: "on", oidc: { issuer, audience: AUDIENCE, roleClaim: "role" } },
  });
});
after(async () => {
  await server.close();
  provider.close();
});

interface Change {
  readonly claims?: object;
  readonly issuer?: string;
  readonly audience?: string;
  /** Seconds from now. */
  readonly expires?: number;
  readonly key?: typeof privateKey;
}

function token({ claims = {}, expires = 600, key = privateKey, ...names }: Change = {}): Promise<string> {
  return new SignJWT({ role: "contributor", ...claims })
    .setProtectedHeader({ alg: "ES256", kid: "1" })
    .setSubject("ada")
    .setIssuer(names.issuer ?? issuer)
    .setAudience(names.audience ?? AUDIENCE)
    .setExpirationTime(Math.floor(Date.now() / 1000) + expires)
    .sign(key);
}

const ask = (secret: string) =>
  client(server.address, secret).request<{ viewer: object }>("{ viewer { name role } }");

test("a token of the identity provider admits with the role that it names", async () => {
  const { data } = await ask(await token());
  assert.deepEqual(data, { viewer: { name: "oidc:ada", role: "CONTRIBUTOR" } });
  const several = await ask(await token({ claims: { role: ["viewer", "CURATOR", "something else"] } }));
  assert.deepEqual(several.data?.viewer, { name: "oidc:ada", role: "CURATOR" });
});

test("28: tokens of others, for others, that ended or were changed are refused", async () => {
  const whole = await token();
  const [head, , signature] = whole.split(".");
  const forged = Buffer.from(JSON.stringify({ sub: "ada", role: "admin" })).toString("base64url");
  const unsigned = Buffer.from(`{"alg":"none"}`).toString("base64url");
  for (const secret of [
    await token({ issuer: "https://example.org" }),
    await token({ audience: "another" }),
    await token({ expires: -120 }),
    await token({ key: stranger.privateKey }),
    `${head}.${forged}.${signature}`,
    `${unsigned}.${whole.split(".")[1]}.${signature}`,
    "a.b.c",
  ]) {
    const { status, errors } = await ask(secret);
    assert.deepEqual([status, errors![0]!.extensions.code], [401, "UNAUTHENTICATED"], secret.slice(0, 20));
  }
});

test("69: clocks may differ by a minute", async () => {
  assert.equal((await ask(await token({ expires: -30 }))).status, 200);
});

test("45: an open socket is closed with 4403 when its token expires, the minute for clocks included", async () => {
  // A machine that is too busy to open a socket while the token holds tries with one that holds longer.
  for (let seconds = 2; ; seconds *= 2) {
    const socket = new WebSocket(`${server.address.replace("http", "ws")}/graphql`, "graphql-transport-ws");
    const closed = once(socket, "close") as Promise<[number]>;
    await once(socket, "open");
    const authorization = `Bearer ${await token({ expires: seconds - 60 })}`;
    let isAdmitted = false;
    socket.once("message", () => (isAdmitted = true));
    socket.send(JSON.stringify({ type: "connection_init", payload: { authorization } }));
    assert.equal((await closed)[0], 4403);
    if (isAdmitted) break;
  }
});

test("a token that names no role is FORBIDDEN", async () => {
  const { status, errors } = await ask(await token({ claims: { role: "janitor" } }));
  assert.deepEqual([status, errors![0]!.extensions.code], [403, "FORBIDDEN"]);
});

test("the provider is asked once for its keys, not for each token", () => {
  assert.equal(fetches, 2);
});

test("access keys work beside it", async () => {
  assert.equal((await ask(await server.keyOf("VIEWER"))).status, 200);
});
