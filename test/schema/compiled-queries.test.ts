import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { buildSchema, type ExecutionResult, getOperationAST, type GraphQLSchema, parse } from "graphql";

import { CompiledQueries } from "../../src/schema/compiled-queries.js";
import { toGlobalId } from "../../src/schema/global-id.js";
import { type SownRegistry, sowRegistry } from "../support/registry-rows.js";
import { startTestServer, type TestServer } from "../support/server.js";

let calls = 0;
const schema = schemaOf(`
  input Filter { not: Filter, name: String }
  type Item { size: Int, total: Int }
  type Query { item(id: ID, filter: Filter): Item, broken: Int }
  type Mutation { breaks: Int }
`);
const broken = (): never => {
  calls++;
  throw new Error("broken");
};
schema.getQueryType()!.getFields()["broken"]!.resolve = broken;
schema.getMutationType()!.getFields()["breaks"]!.resolve = broken;
schema.getQueryType()!.getFields()["item"]!.resolve = () => {
  calls++;
  return { size: 3, total: () => 4 };
};

function schemaOf(text: string): GraphQLSchema {
  return buildSchema(text);
}

/** Runs one document some times; how often its resolvers were called, run by run, and what came the last time. */
async function runs(
  text: string,
  { times = 6, variableValues = {}, cost = 1 } = {},
): Promise<{ counts: number[]; last: ExecutionResult }> {
  const queries = new CompiledQueries();
  const document = parse(text);
  const execution = {
    schema,
    document,
    operation: getOperationAST(document) ?? undefined,
    contextValue: {},
    variableValues,
    cost,
  };
  const counts: number[] = [];
  let last: ExecutionResult = {};
  for (let i = 0; i < times; i++) {
    calls = 0;
    last = await queries.run(execution);
    counts.push(calls);
  }
  return { counts, last };
}

test("a query is compiled once it has come three times, and one that fails runs again as graphql-js runs it", async () => {
  const { counts, last } = await runs("{ broken }");
  assert.deepEqual(counts, [1, 1, 1, 2, 2, 2]);
  assert.equal(last.errors?.[0]?.originalError?.message, "broken");
  assert.deepEqual((await runs("{ item { size } }")).counts, [1, 1, 1, 1, 1, 1]);
});

test("a query that the compiler cannot run is compiled once and then left to graphql-js", async () => {
  const { counts, last } = await runs("{ item { size total } }");
  assert.deepEqual(counts, [1, 1, 1, 2, 1, 1]);
  assert.deepEqual(JSON.parse(JSON.stringify(last)), { data: { item: { size: 3, total: 4 } } });
});

test("a mutation is never compiled, nor a costly query, nor one with variables whose types hold themselves", async () => {
  assert.deepEqual((await runs("mutation { breaks }")).counts, [1, 1, 1, 1, 1, 1]);
  assert.deepEqual((await runs("{ broken }", { cost: 10_000 })).counts, [1, 1, 1, 1, 1, 1]);
  const filtered = "query ($filter: Filter) { item(filter: $filter) { size } broken }";
  const { counts } = await runs(filtered, { variableValues: { filter: { not: { name: "a" } } } });
  assert.deepEqual(counts, [2, 2, 2, 2, 2, 2]);
});

let server: TestServer;
let sown: SownRegistry;
before(async () => {
  server = await startTestServer();
  sown = await sowRegistry(server.container.dataSource, 6);
});
after(() => server.close());

const PTM = `id name version tags parameterCount signature { input } artifact { sha256 } job { kind state }
  token { width spider { version } } outcomes(first: 2) { nodes { value metric task { name } } }`;
const DOCUMENTS: readonly [what: string, document: string, variables?: () => object][] = [
  ["a list with all kinds of fields", `{ ptms(first: 4) { nodes { ${PTM} } } }`],
  ["a page with a total", "{ ptms(first: 2) { totalCount edges { cursor node { name } } } }"],
  ["a variable", "query ($first: Int!) { ptms(first: $first) { nodes { id } } }", () => ({ first: 3 })],
  ["a variable that is missing", "query ($first: Int!) { ptms(first: $first) { nodes { id } } }"],
  ["a variable of another type", "query ($id: ID!) { ptm(id: $id) { id } }", () => ({ id: { a: 1 } })],
  [
    "an interface and fragments",
    "query ($id: ID!) { node(id: $id) { __typename id ...F ... on Task { classes } } } fragment F on Ptm { name tags }",
    () => ({ id: toGlobalId("Ptm", sown.ptmIds[0]!) }),
  ],
  [
    "directives",
    "query ($with: Boolean!) { ptms(first: 2) { nodes { id name @include(if: $with) version @skip(if: $with) } } }",
    () => ({ with: true }),
  ],
  [
    "a literal filter",
    `{ ptms(first: 5, filter: { parameterCount: { gte: 1 }, not: { name: "x" } }) { nodes { name } } }`,
  ],
  ["what is not there", `query ($id: ID!) { ptm(id: $id) { id } }`, () => ({ id: "nothing" })],
  ["a refusal", `{ rank(taskId: "nothing") { receipt } }`],
  ["a refusal beside data", `{ spider { id } ptms(first: 1000) { nodes { id } } }`],
];

for (const [what, document, variables] of DOCUMENTS) {
  test(`${what}: the compiled query answers as the first time`, async () => {
    const ask = async (): Promise<unknown> => {
      const answer = await server.request(document, variables?.() ?? {});
      const errors = answer.errors?.map(({ message, path, extensions: { code } }) => ({
        message,
        path,
        code,
      }));
      return { status: answer.status, data: answer.data, errors };
    };
    const first = await ask();
    for (let i = 0; i < 5; i++) assert.deepEqual(await ask(), first);
  });
}
