import assert from "node:assert/strict";
import { after, test } from "node:test";

import { serverAudits } from "graphql-http";

import { startTestServer } from "../support/server.js";

/** GraphQL over HTTP as the working group's own audits ask for it: every MUST and every SHOULD. */
const server = await startTestServer();
after(() => server.close());

for (const audit of serverAudits({ url: () => `${server.address}/graphql` })) {
  test(`graphql-http audit ${audit.id}: the server ${audit.name}`, async (t) => {
    const result = await audit.fn();
    if (result.status === "ok") return;
    if (result.status === "notice") {
      t.diagnostic(result.reason);
      return;
    }
    assert.fail(`${result.status}: ${result.reason}; ${await result.response.text()}`);
  });
}
