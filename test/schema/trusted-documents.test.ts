import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

import { TrustedDocuments } from "../../src/schema/trusted-documents.js";
import { sha256 } from "../../src/services/digest.js";
import { startTestServer } from "../support/server.js";

const TRUSTED = "{ spider { id } }";
const folder = await mkdtemp(join(tmpdir(), "orbweaver-test-"));
const path = join(folder, "manifest.json");
await writeFile(path, JSON.stringify({ [sha256(TRUSTED)]: TRUSTED }));
const server = await startTestServer({ config: { trustedDocuments: path } });
const open = await startTestServer();
after(async () => {
  await Promise.all([server.close(), open.close()]);
  await rm(folder, { recursive: true });
});

async function send(
  address: string,
  body: object,
): Promise<{ status: number; code?: string; data?: object }> {
  const response = await fetch(`${address}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const { data, errors } = (await response.json()) as {
    data?: object;
    errors?: { extensions: { code: string } }[];
  };
  return {
    status: response.status,
    ...(errors && { code: errors[0]!.extensions.code }),
    ...(data && { data }),
  };
}

const persisted = (query: string): object => ({ persistedQuery: { version: 1, sha256Hash: sha256(query) } });

test("documents of the list are taken, as they are or by their digest", async () => {
  const answer = { status: 200, data: { spider: null } };
  assert.deepEqual(await send(server.address, { query: TRUSTED }), answer);
  assert.deepEqual(await send(server.address, { extensions: persisted(TRUSTED) }), answer);
});

test("others are refused before anything runs, and cannot be added", async () => {
  const query = "{ spider { version } }";
  for (const body of [{ query }, { query, extensions: persisted(query) }, { query: `${TRUSTED} ` }]) {
    const { status, code, data } = await send(server.address, body);
    assert.deepEqual([status, code, data], [403, "FORBIDDEN", undefined]);
  }
  const { code } = await send(server.address, { extensions: persisted(query) });
  assert.equal(code, "PERSISTED_QUERY_NOT_FOUND");
});

test("14: without a list any document can be persisted, under its own digest only", async () => {
  const query = "{ spider { version } }";
  assert.equal(
    (await send(open.address, { extensions: persisted(query) })).code,
    "PERSISTED_QUERY_NOT_FOUND",
  );
  assert.equal((await send(open.address, { query, extensions: persisted(query) })).status, 200);
  assert.equal((await send(open.address, { extensions: persisted(query) })).status, 200);
  assert.notEqual((await send(open.address, { query, extensions: persisted("{ other }") })).code, undefined);
});

test("a list that is no list, or lies about a digest, is refused at start", async () => {
  for (const text of ["", "[]", `{"${"0".repeat(64)}": "{ spider { id } }"}`]) {
    await writeFile(path, text);
    await assert.rejects(
      TrustedDocuments.read(path),
      /The configuration is wrong:\n {2}ORB_TRUSTED_DOCUMENTS: /,
    );
  }
});
