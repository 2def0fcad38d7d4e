import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { isObjectType } from "graphql";

import { toGlobalId } from "../../src/schema/global-id.js";
import { LENGTH, sowLongLists } from "../support/long-lists.js";
import { plainSchema } from "../support/plain-schema.js";
import type { SownRegistry } from "../support/registry-rows.js";
import { isConnection, isSizedList, itemType, links, linkTo } from "../support/selection.js";
import { startTestServer, type TestServer } from "../support/server.js";
import { statementsOf } from "../support/statements.js";

/** A page of fifty must cost the statements of one of two, whatever is asked of its items. */
const [FEW, MANY] = [2, 50];

let server: TestServer;
let sown: SownRegistry;
let longRankingId = "";
before(async () => {
  server = await startTestServer();
  sown = await sowLongLists(server);
  const [long]: { id: string }[] = await server.container.dataSource.query(
    `SELECT ranking_id AS id FROM ranking_entry GROUP BY ranking_id HAVING count(*) >= ${LENGTH}`,
  );
  longRankingId = long!.id;
});
after(() => server.close());

const ptm = (list: string): string => `ptm(id: "${toGlobalId("Ptm", sown.ptmIds[0]!)}") { ${list} }`;
const task = (list: string): string => `task(id: "${toGlobalId("Task", sown.taskIds[0]!)}") { ${list} }`;
const ranking = (list: string): string =>
  `node(id: "${toGlobalId("Ranking", longRankingId)}") { ... on Ranking { ${list} } }`;
const root = (list: string): string => list;
const taskId = (): string => `taskId: "${toGlobalId("Task", sown.taskIds[0]!)}"`;
const pareto = (cost: string) => (list: string) => `pareto(${taskId()}, cost: [${cost}]) { ${list} }`;

interface Example {
  /** The operation around the list. */
  readonly within: (list: string) => string;
  /** Arguments that the list requires beside `first`. */
  readonly arguments?: () => string;
  /** How many links behind its items' own are followed, 1 by default: no operation is deeper than 8. */
  readonly depth?: number;
}

/** How each list is come by where it has at least fifty items. A list that the schema has and this table lacks fails. */
const EXAMPLES: Readonly<Record<string, Example>> = {
  "EvaluatedRanker.tasks": { within: (list) => `spider { evaluation { rankers { ${list} } } }`, depth: 0 },
  "Evaluation.rankings": { within: (list) => `evaluation(${taskId()}) { ${list} }` },
  "ParetoFront.front": { within: pareto("PARAMETERS") },
  "ParetoFront.unknown": { within: pareto("MACS") },
  "Ptm.derived": { within: ptm },
  "Ptm.history": { within: ptm },
  "Ptm.nearDuplicates": { within: ptm },
  "Ptm.outcomes": { within: ptm },
  "Ptm.rankings": { within: ptm },
  "Ptm.similarPtms": { within: ptm },
  "Ptm.transferabilityScores": { within: ptm },
  "Ptm.versions": { within: ptm },
  "Query.accessKeys": { within: root },
  "Query.auditEvents": { within: root },
  "Query.jobs": { within: root },
  "Query.outcomes": { within: root },
  "Query.pools": { within: root },
  "Query.ptms": { within: root },
  "Query.rankings": { within: root, arguments: taskId },
  "Query.spiders": { within: root },
  "Query.tasks": { within: root },
  "Query.webhookDeliveries": { within: root },
  "Query.webhooks": { within: root },
  "Ranking.entries": { within: ranking },
  "Task.classSamples": { within: task },
  "Task.history": { within: task },
  "Task.outcomes": { within: task },
  "Task.rankings": { within: task },
  "Task.similarTasks": { within: task },
  "Task.specificTokens": { within: task },
  "Task.transferabilityScores": { within: task },
  "Task.versions": { within: task },
};

const LISTS = Object.values(plainSchema.getTypeMap())
  .filter(isObjectType)
  .filter(({ name }) => !name.startsWith("__"))
  .flatMap((type) =>
    Object.values(type.getFields())
      .filter((field) => isConnection(field) || isSizedList(field))
      .map((field) => ({ name: `${type.name}.${field.name}`, field })),
  );

test("every list of the schema has an example", () => {
  assert.deepEqual(Object.keys(EXAMPLES).sort(), LISTS.map(({ name }) => name).sort());
  assert.ok(LENGTH >= MANY);
});

/** The items of the only list anywhere in an answer that was asked for under the name `list`. */
function found(value: unknown): unknown[] | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if ("list" in value)
    return Array.isArray(value.list) ? value.list : (value.list as { nodes: unknown[] }).nodes;
  for (const part of Object.values(value)) {
    const list = found(part);
    if (list !== undefined) return list;
  }
  return undefined;
}

async function statements(query: string, first: number): Promise<string[]> {
  return statementsOf(server.container.dataSource, async () => {
    const { data, errors } = await server.request(`query ($first: Int!) { ${query} }`, { first });
    assert.deepEqual([errors, found(data)?.length], [undefined, first], query);
  });
}

/** How often each statement was sent, lists of parameters of any length taken for one. */
function kinds(statements: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const statement of statements) {
    const kind = statement.replaceAll(/\$\d+(, \$\d+)*/g, "$n").replaceAll(/LIMIT \d+/g, "LIMIT n");
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

/** Fifty items may lead to what the first two do not, such as another kind of job's pool; loaded one by one it would be 48 more. */
const SLACK = 5;

async function sameForBoth(query: string): Promise<void> {
  const [few, many] = [kinds(await statements(query, FEW)), kinds(await statements(query, MANY))];
  for (const [kind, count] of Object.entries(many)) {
    const allowed = (few[kind] ?? 0) + SLACK;
    assert.ok(
      count <= allowed,
      `${query}\nsends ${count} times, ${few[kind] ?? 0} times for ${FEW}: ${kind}`,
    );
  }
}

for (const { name, field } of LISTS) {
  test(`${name}: a page of ${MANY} sends no statement more often than one of ${FEW}, whatever is asked of its items`, async () => {
    const { within, arguments: further = () => "", depth = 1 } = EXAMPLES[name]!;
    const page = (items: string): string => {
      const list = isConnection(field) ? `totalCount nodes { __typename ${items} }` : `__typename ${items}`;
      return within(`list: ${field.name}(first: $first ${further()}) { ${list} }`);
    };
    await sameForBoth(page(""));
    for (const link of links(itemType(field))) await sameForBoth(page(linkTo(link, depth)));
  });
}
