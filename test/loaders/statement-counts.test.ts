import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { toGlobalId } from "../../src/schema/global-id.js";
import { type SownRegistry, sowRegistry } from "../support/registry-rows.js";
import { startTestServer, type TestServer } from "../support/server.js";
import { statementsOf } from "../support/statements.js";

/** A page of fifty must cost as many statements as a page of five: a link that loads by itself shows up here. */
let server: TestServer;
let sown: SownRegistry;
before(async () => {
  server = await startTestServer();
  sown = await sowRegistry(server.container.dataSource, 60);
});
after(() => server.close());

const ARTIFACT = "artifact { sha256 sizeBytes }";
const JOB = "job { id kind task { id } ptm { id } }";
const LISTS: Readonly<Record<string, string>> = {
  "PTMs with all that they link to": `ptms(first: $first) { totalCount pageInfo { hasNextPage } nodes {
    id name macs latency { milliseconds } similarPtms(first: 2) { ptm { name } }
    features: similarPtms(first: 2, by: FEATURES) { ptm { name } } nearDuplicates(first: 2) { ptm { name } } signature { input } ${ARTIFACT} ${JOB}
    token { id vector ptm { name } spider { version zooSize } }
    outcomes(first: 2) { totalCount nodes { value task { name } ptm { name } } }
    rankings(first: 2) { totalCount nodes { receipt task { name } spider { version } entries(first: 2) { rank ptm { name } } } }
  } }`,
  "tasks with all that they link to": `tasks(first: $first) { totalCount nodes {
    id name similarTasks(first: 2) { task { name } } ${JOB}
    token { id vectors task { name } }
    specificTokens(first: 2) { totalCount nodes { id vectors task { name } ptm { name } } }
    outcomes(first: 2) { totalCount nodes { value task { name } ptm { name } } }
    rankings(first: 2) { totalCount nodes { receipt task { name } spider { version } entries(first: 2) { rank ptm { name } } } }
  } }`,
  "jobs with what they work on": `jobs(first: $first) { totalCount nodes { id task { name job { id } } ptm { name job { id } } } }`,
};

/** How often each statement was sent, lists of parameters of any length taken for one. */
function kinds(statements: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const statement of statements) {
    const kind = statement.replaceAll(/\$\d+(, \$\d+)*/g, "$n").replaceAll(/LIMIT \d+/g, "LIMIT n");
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}

/** The places of a query that lead to one table load together or, as the database's answers come, one after the other. */
const PLACES = 4;

for (const [what, field] of Object.entries(LISTS)) {
  test(`${what} cost the same statements for 5 as for 50`, async () => {
    const statements = async (first: number): Promise<Map<string, number>> => {
      const sent = await statementsOf(server.container.dataSource, async () => {
        const query = `query ($first: Int!) { ${field} }`;
        const data = await server.ask<Record<string, { nodes: unknown[] }>>(query, { first });
        assert.equal(Object.values(data)[0]!.nodes.length, first);
      });
      return kinds(sent);
    };
    await statements(5); // what stays in memory is there from now on
    const [few, many] = [await statements(5), await statements(50)];
    assert.deepEqual([...many.keys()].sort(), [...few.keys()].sort());
    for (const [kind, count] of many) assert.ok(count <= PLACES, `${count} times ${kind}`);
  });
}

test("nodes of one type cost one statement, however many", async () => {
  const ids = sown.ptmIds.slice(0, 50).map((id) => toGlobalId("Ptm", id));
  const statements = await statementsOf(server.container.dataSource, () =>
    server.ask(`query ($ids: [ID!]!) { nodes(ids: $ids) { id } }`, { ids }),
  );
  assert.equal(statements.length, 1);
});

test("totalCount costs nothing unless it is asked", async () => {
  const statements = await statementsOf(server.container.dataSource, () =>
    server.ask("{ ptms(first: 5) { nodes { id } } }"),
  );
  assert.equal(statements.length, 1);
  assert.doesNotMatch(statements[0]!, /count\(/i);
});
