import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { toGlobalId } from "../../src/schema/global-id.js";
import { audit } from "../../src/services/access/audit.js";
import { localViewer } from "../../src/services/access/viewer.js";
import { type SownRegistry, sowRegistry } from "../support/registry-rows.js";
import { startTestServer, type TestServer } from "../support/server.js";
import { statementsOf } from "../support/statements.js";

let server: TestServer;
let sown: SownRegistry;
before(async () => {
  server = await startTestServer();
  sown = await sowRegistry(server.container.dataSource, 6);
  const { dataSource } = server.container;
  await dataSource.query(`UPDATE ptm SET base_ptm_id = $1 WHERE id <> $1`, [sown.ptmIds[0]]);
  // Two of a kind each, further values, and a metric that says nothing.
  await dataSource.query(`
    INSERT INTO outcome (id, task_id, ptm_id, metric, value, protocol, split, seed, reported_by)
    SELECT gen_random_uuid(), task_id, ptm_id, 'auc', 1 - value / 2, 'FULL_FINE_TUNE', 'test', seed, 'other' FROM outcome`);
  await dataSource.query(`
    INSERT INTO transferability_score
    SELECT (jsonb_populate_record(score, jsonb_build_object('id', gen_random_uuid(), 'metric', 'LEEP', 'value', NULL,
                                                            'reason', 'example'))).*
    FROM transferability_score AS score`);
});
after(() => server.close());

const task = (place: number): string => toGlobalId("Task", sown.taskIds[place]!);
const ptm = (place: number): string => toGlobalId("Ptm", sown.ptmIds[place]!);

interface List {
  readonly totalCount: number;
  readonly nodes: readonly object[];
  readonly pageInfo: { readonly endCursor: string; readonly hasNextPage: boolean };
}

const listOf = (field: string, page: string, fields: string): string =>
  `${field.replace(/\)$/, `, ${page})`)} { totalCount nodes { ${fields} } pageInfo { endCursor hasNextPage } }`;

/** The items of a list by pages of two, and what it says that it holds. */
async function walk(field: string, fields: string, within = (field: string): string => field): Promise<List> {
  const nodes: object[] = [];
  for (let after = ""; ;) {
    const query = `{ list: ${within(listOf(field, `first: 2${after}`, fields))} }`;
    const { list } = await server.ask<{ list: List | { list: List } }>(query);
    const page = "list" in list ? list.list : list;
    nodes.push(...page.nodes);
    if (!page.pageInfo.hasNextPage) return { ...page, nodes };
    after = `, after: "${page.pageInfo.endCursor}"`;
  }
}

const OUTCOME = "id value";
for (const orderBy of ["NEWEST", "OLDEST", "LOWEST", "HIGHEST"]) {
  for (const filter of [
    "",
    'metric: { eq: "auc" }',
    "value: { gte: 0.3 }, not: { protocol: [LINEAR_PROBE] }",
  ]) {
    test(`the outcomes of a task or a PTM, ${orderBy} of {${filter}}, are those of the whole list`, async () => {
      for (const [parent, id, field] of [
        ["task", task(1), "taskId"],
        ["ptm", ptm(1), "ptmId"],
      ]) {
        const whole = await walk(
          `outcomes(filter: { ${field}: "${id}" ${filter} }, orderBy: ${orderBy})`,
          OUTCOME,
        );
        const nested = await walk(
          `outcomes(filter: { ${filter} }, orderBy: ${orderBy})`,
          OUTCOME,
          (list) => `${parent}(id: "${id}") { list: ${list} }`,
        );
        assert.deepEqual(nested.nodes, whole.nodes);
        assert.equal(nested.totalCount, whole.totalCount);
        assert.equal(nested.nodes.length, nested.totalCount);
      }
    });
  }
}

test("scores are ordered by value, and a metric that says nothing stands at its worst", async () => {
  for (const [orderBy, expected] of [
    ["HIGHEST", [3, 2, null, null]],
    ["LOWEST", [null, null, 2, 3]],
  ] as const) {
    const { nodes } = await walk(
      `transferabilityScores(orderBy: ${orderBy})`,
      "value",
      (list) => `task(id: "${task(1)}") { list: ${list} }`,
    );
    assert.deepEqual(
      nodes,
      expected.map((value) => ({ value })),
    );
  }
  const { nodes, totalCount } = await walk(
    `transferabilityScores(filter: { metric: [LEEP], ptmId: "${ptm(2)}" })`,
    "metric ptm { id }",
    (list) => `task(id: "${task(1)}") { list: ${list} }`,
  );
  assert.deepEqual([nodes, totalCount], [[{ metric: "LEEP", ptm: { id: ptm(2) } }], 1]);
});

test("derived PTMs, versions, rankings, spiders and jobs take filters and orders", async () => {
  const names = (list: List): unknown[] => list.nodes.map((node) => Object.values(node)[0]);
  const derived = await walk(
    `derived(filter: { where: { name: { in: ["ptm 2", "ptm 4"] } } }, orderBy: NAME)`,
    "name",
    (list) => `ptm(id: "${ptm(0)}") { list: ${list} }`,
  );
  assert.deepEqual(names(derived), ["ptm 2", "ptm 4"]);
  const versions = async (filter: string): Promise<unknown[]> =>
    names(
      await walk(
        `versions(filter: { ${filter} }, orderBy: MOST_SAMPLES)`,
        "version",
        (list) => `task(id: "${task(0)}") { list: ${list} }`,
      ),
    );
  assert.deepEqual([await versions("latest: true"), await versions("latest: false")], [[1], []]);
  const rankings = async (stage: string): Promise<number> =>
    (
      await walk(
        `rankings(filter: { stage: [${stage}] }, orderBy: OLDEST)`,
        "id",
        (list) => `ptm(id: "${ptm(0)}") { list: ${list} }`,
      )
    ).totalCount;
  assert.deepEqual([await rankings("COARSE"), await rankings("RERANKED")], [2, 0]);
  for (const [filter, expected] of [
    ["active: true, version: { lte: 1 }", [1]],
    ["status: [FAILED]", []],
    ["not: { status: [READY] }", []],
  ] as const) {
    assert.deepEqual(
      names(await walk(`spiders(filter: { ${filter} }, orderBy: OLDEST)`, "version")),
      expected,
    );
  }
  const newest = await walk(`jobs(orderBy: NEWEST)`, "id");
  assert.deepEqual((await walk(`jobs(orderBy: OLDEST)`, "id")).nodes, newest.nodes.toReversed());
});

test("a page of parents asks each question about their children once", async () => {
  const query = `query ($first: Int!) { tasks(first: $first) { nodes {
    low: outcomes(first: 1, orderBy: LOWEST) { totalCount nodes { value } }
    auc: outcomes(first: 1, filter: { metric: { eq: "auc" } }) { totalCount nodes { value } }
    same: outcomes(first: 1, filter: { metric: { eq: "auc" } }, orderBy: NEWEST) { totalCount nodes { value } } } } }`;
  const statements = (first: number): Promise<string[]> =>
    statementsOf(server.container.dataSource, () => server.ask(query, { first }));
  const many = await statements(6);
  assert.equal(many.length, (await statements(1)).length);
  assert.equal(many.filter((statement) => statement.includes("LATERAL")).length, 4);
});

test("a cursor goes with its order, and a filter of an unknown task is refused", async () => {
  const { list } = await server.ask<{ list: { outcomes: List } }>(
    `{ list: task(id: "${task(1)}") { outcomes(first: 1, orderBy: LOWEST) { totalCount nodes { id } pageInfo { endCursor hasNextPage } } } }`,
  );
  for (const wrong of [`after: "${list.outcomes.pageInfo.endCursor}"`, `filter: { ptmId: "${task(1)}" }`]) {
    const { errors } = await server.request(
      `{ task(id: "${task(1)}") { outcomes(first: 1, ${wrong}) { totalCount } } }`,
    );
    assert.match(errors?.[0]?.extensions.code ?? "", /BAD_USER_INPUT|NOT_FOUND/);
  }
});

test("the history of a PTM or a task is narrowed by mutation, by who and by when", async () => {
  const { dataSource } = server.container;
  const viewers = ["ann", "bob"].map(localViewer);
  for (const [type, id] of [
    ["Ptm", sown.ptmIds[0]!],
    ["Task", sown.taskIds[0]!],
  ] as const) {
    await dataSource.transaction(async (manager) => {
      for (const viewer of viewers) {
        const subject = { type, id };
        const changes = ["addPtm", "updatePtm"].map((action) => ({
          action,
          subject,
          before: null,
          after: {},
        }));
        await audit(manager, viewer, ...changes);
      }
    });
    const history = async (filter: string): Promise<unknown[]> => {
      const within = (list: string): string =>
        `${type.toLowerCase()}(id: "${toGlobalId(type, id)}") { list: ${list} }`;
      const { nodes, totalCount } = await walk(`history(filter: { ${filter} })`, "actor action", within);
      assert.equal(nodes.length, totalCount);
      return nodes.map((node) => Object.values(node).join(" ")).sort();
    };
    assert.deepEqual(await history('action: ["updatePtm"]'), ["ann updatePtm", "bob updatePtm"]);
    assert.deepEqual(await history('actor: { eq: "ann" }, not: { action: ["addPtm"] }'), ["ann updatePtm"]);
    assert.deepEqual(await history('actor: { in: ["ann", "bob"] }, at: { lte: "2020-01-01T00:00:00Z" }'), []);
    assert.equal((await history('at: { gte: "2020-01-01T00:00:00Z" }, actor: { contains: "o" }')).length, 2);
  }
});
