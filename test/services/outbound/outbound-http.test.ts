import assert from "node:assert/strict";
import { after, test } from "node:test";

import { DomainError } from "../../../src/errors.js";
import { HostList } from "../../../src/services/outbound/host-list.js";
import { INTERNET, isPublicAddress, type Network } from "../../../src/services/outbound/internet.js";
import { OutboundHttp } from "../../../src/services/outbound/outbound-http.js";
import { startTlsServer, TEST_NETWORK } from "../../support/tls-server.js";

const LIMITS = { maxBytes: 1000, milliseconds: 10_000 };
const server = await startTlsServer((request, response) => {
  const [path = "", target] = request.url!.split("?to=");
  if (path === "/redirect") response.writeHead(302, { location: decodeURIComponent(target!) }).end();
  else if (path === "/large") response.end(Buffer.alloc(1001));
  else if (path === "/endless") response.write(Buffer.alloc(2000));
  else if (path === "/silent") return;
  else if (path === "/cut")
    response.writeHead(200, { "content-length": "500" }).write("x", () => response.destroy());
  else response.end("here");
});
after(() => server.close());
const at = (name: string): string => `${name}.test:${server.port}`;

function outbound(
  hosts: readonly string[],
  network: Network = TEST_NETWORK,
  tokens?: Map<string, string>,
): OutboundHttp {
  return new OutboundHttp(new HostList(hosts), "ORB_IMPORT_HOSTS", network, tokens);
}

function refusal(code: string, message: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof DomainError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  };
}

test("58: only addresses of the public internet pass, however they are written", () => {
  for (const address of ["93.184.215.14", "2606:4700::1111", "::ffff:93.184.215.14"])
    assert.ok(isPublicAddress(address));
  const inside = [
    "127.0.0.1",
    "127.9.9.9",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "240.0.0.1",
    "::1",
    "::",
    "fe80::1",
    "fd00::1",
    "ff02::1",
    "2001:db8::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "localhost",
    "",
  ];
  for (const address of inside) assert.ok(!isPublicAddress(address), address);
});

test("58: an address of this machine is refused in every spelling, though its host were allowed", async () => {
  const spellings = [
    "127.0.0.1",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "127.1",
    "[::1]",
    "[::ffff:7f00:1]",
    "localhost",
  ];
  for (const spelling of spellings) {
    const { hostname } = new URL(`https://${spelling}`);
    const ask = outbound([hostname], INTERNET).within(LIMITS);
    // An IPv6 address is no host name, so it cannot be allowed at all.
    await assert.rejects(
      ask(`https://${spelling}/`),
      refusal("BAD_USER_INPUT", /not on the public internet|not among/),
    );
  }
  assert.equal(server.asked.length, 0);
});

test("58: a name that has one inner address among its addresses is refused, and is asked for once", async () => {
  let resolved = 0;
  const rebinding: Network = {
    ...INTERNET,
    resolve: () => {
      resolved += 1;
      return Promise.resolve([
        { address: "93.184.215.14", family: 4 },
        { address: "169.254.169.254", family: 4 },
      ]);
    },
  };
  await assert.rejects(
    outbound(["hub.test"], rebinding).within(LIMITS)("https://hub.test/"),
    refusal("BAD_USER_INPUT", /hub.test has an address that is not on the public internet/),
  );
  assert.equal(resolved, 1);
});

test("58: the connection goes to the address that was judged: the name is not resolved again", async () => {
  let resolved = 0;
  const once: Network = {
    ...TEST_NETWORK,
    resolve: (name) => {
      resolved += 1;
      return TEST_NETWORK.resolve(name);
    },
  };
  const response = await outbound([at("hub")], once).within(LIMITS)(`https://${at("hub")}/`);
  assert.equal(await response.text(), "here");
  assert.equal(resolved, 1);
});

test("58: only https without credentials, only listed hosts and their ports", () => {
  const rules = outbound(["hub.test", "*.files.test", "other.test:8443"]);
  for (const address of [
    "http://hub.test/",
    "file:///etc/passwd",
    "gopher://hub.test/",
    "https://a:b@hub.test/",
    "nonsense",
  ]) {
    assert.throws(() => rules.check(address), refusal("BAD_USER_INPUT", /must be an https address/), address);
  }
  for (const address of [
    "https://evil.test/",
    "https://hub.test.evil.test/",
    "https://files.test/",
    "https://hub.test:444/",
    "https://other.test/",
  ]) {
    assert.throws(
      () => rules.check(address),
      refusal("BAD_USER_INPUT", /not among the hosts of ORB_IMPORT_HOSTS/),
      address,
    );
  }
  for (const address of ["https://HUB.test./a", "https://a.b.files.test/", "https://other.test:8443/"])
    rules.check(address);
});

test("58: redirects are judged anew, three at most, and credentials do not follow to another host", async () => {
  const tokens = new Map([[at("hub"), "hub-token"]]);
  const ask = outbound([at("hub"), at("files")], TEST_NETWORK, tokens).within(LIMITS);
  const redirect = (host: string, to: string): string =>
    `https://${host}/redirect?to=${encodeURIComponent(to)}`;
  server.asked.length = 0;
  const followed = await ask(redirect(at("hub"), `https://${at("files")}/`), {
    headers: { authorization: "mine" },
  });
  assert.equal(await followed.text(), "here");
  assert.deepEqual(
    server.asked.map(({ host, authorization }) => [host, authorization]),
    [
      [at("hub"), "Bearer hub-token"],
      [at("files"), undefined],
    ],
  );
  for (const to of ["http://hub.test/", "https://127.0.0.1/", "https://elsewhere.test/"]) {
    await assert.rejects(ask(redirect(at("hub"), to)), refusal("BAD_USER_INPUT", /./), to);
  }
  const loop = (depth: number): string =>
    depth === 0 ? `https://${at("hub")}/` : redirect(at("hub"), loop(depth - 1));
  assert.equal((await ask(loop(3))).status, 200);
  await assert.rejects(ask(loop(4)), refusal("BAD_USER_INPUT", /more than 3 times/));
});

test("an answer that is too large, late or cut fails with what it was", async () => {
  const host = at("hub");
  const ask = outbound([host]).within(LIMITS);
  await assert.rejects(
    ask(`https://${host}/large`),
    refusal("BAD_USER_INPUT", /larger than the limit of 1000 bytes/),
  );
  const endless = await ask(`https://${host}/endless`);
  await assert.rejects(endless.text(), refusal("BAD_USER_INPUT", /larger than the limit/));
  const cut = await ask(`https://${host}/cut`);
  await assert.rejects(cut.text(), refusal("UNAVAILABLE", /cut before its end/));
  const hasty = outbound([host]).within({ ...LIMITS, milliseconds: 50 });
  await assert.rejects(hasty(`https://${host}/silent`), refusal("UNAVAILABLE", /took too long/));
});

test("a certificate of another name is refused", async () => {
  const host = `nobody.test:${server.port}`;
  await assert.rejects(
    outbound([host]).within(LIMITS)(`https://${host}/`),
    refusal("UNAVAILABLE", /No answer from nobody/),
  );
});
