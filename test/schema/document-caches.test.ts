import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import type { DocumentNode } from "graphql";
import { pino } from "pino";

import { Metrics } from "../../src/metrics.js";
import type { Context } from "../../src/schema/context.js";
import { createApollo } from "../../src/schema/graphql-engine.js";
import { localViewer } from "../../src/services/access/viewer.js";
import { sha256 } from "../../src/services/digest.js";
import { plainSchema } from "../support/plain-schema.js";

const apollo = createApollo(plainSchema, undefined, new Metrics(), pino({ level: "silent" }));
const documents: DocumentNode[] = [];
apollo.addPlugin({
  requestDidStart: async () => ({
    didResolveOperation: async ({ document }) => void documents.push(document),
  }),
});
before(() => apollo.start());
after(() => apollo.stop());

const contextValue = {
  viewer: localViewer("test"),
  requestId: "test",
  mayIntrospect: true,
} as unknown as Context;

/** Sends a persisted query: its digest and, to register it, its text. @returns the code of the answer's error */
async function send(text: string, { isWhole }: { isWhole: boolean }): Promise<unknown> {
  const { body } = await apollo.executeOperation(
    {
      ...(isWhole && { query: text }),
      extensions: { persistedQuery: { version: 1, sha256Hash: sha256(text) } },
    },
    { contextValue },
  );
  return body.kind === "single" ? body.singleResult.errors?.[0]?.extensions?.["code"] : undefined;
}

/** A hundred kilobytes each, cheap to parse. */
const query = (n: number): string => `{ __typename } # ${n} ${"x".repeat(100_000)}`;

test("a document that comes again is not parsed again", async () => {
  assert.equal(await send(query(0), { isWhole: true }), undefined);
  assert.equal(await send(query(0), { isWhole: false }), undefined);
  assert.equal(documents.length, 2);
  assert.equal(documents[0], documents[1]);
});

test("14: a flood of persisted queries pushes the oldest out, as text and as parsed document", async () => {
  documents.length = 0;
  // 40 MB of text, which Apollo's own cache of texts bounds at 30 MiB.
  for (let n = 0; n < 400; n++) assert.equal(await send(query(n), { isWhole: true }), undefined);
  assert.equal(await send(query(0), { isWhole: false }), "PERSISTED_QUERY_NOT_FOUND");
  assert.equal(await send(query(399), { isWhole: false }), undefined);
  assert.equal(documents.at(-1), documents.at(-2));
  const first = documents[0];
  assert.equal(await send(query(0), { isWhole: true }), undefined);
  assert.notEqual(documents.at(-1), first);
});
