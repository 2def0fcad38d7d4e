import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { v7 as uuid } from "uuid";

import { Ptm } from "../../src/entities/ptm.js";
import { ID_TYPES, NODE_TYPES, toGlobalId } from "../../src/schema/global-id.js";
import { type SownRegistry, sowRegistry } from "../support/registry-rows.js";
import { type Answer, startTestServer, type TestServer } from "../support/server.js";

const SIZE = 12;

let server: TestServer;
let sown: SownRegistry;
before(async () => {
  server = await startTestServer();
  sown = await sowRegistry(server.container.dataSource, SIZE);
});
after(() => server.close());

interface Connection {
  readonly totalCount: number;
  readonly nodes: readonly { readonly id: string; readonly name?: string }[];
  readonly edges: readonly { readonly cursor: string; readonly node: { readonly id: string } }[];
  readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean };
}

const PAGE = "totalCount nodes { id } edges { cursor node { id } } pageInfo { endCursor hasNextPage }";

/** Every list of the schema: how its field is asked, with `$first` and `$after`. */
const LISTS: Readonly<Record<string, (page: string) => string>> = {
  "ptms, newest": (page) => `list: ptms(first: $first, after: $after) ${page}`,
  "ptms, oldest": (page) => `list: ptms(first: $first, after: $after, orderBy: OLDEST) ${page}`,
  "ptms, by name": (page) => `list: ptms(first: $first, after: $after, orderBy: NAME) ${page}`,
  "tasks, newest": (page) => `list: tasks(first: $first, after: $after) ${page}`,
  "tasks, by name": (page) => `list: tasks(first: $first, after: $after, orderBy: NAME) ${page}`,
  spiders: (page) => `list: spiders(first: $first, after: $after) ${page}`,
  jobs: (page) => `list: jobs(first: $first, after: $after) ${page}`,
  "rankings of a task": (page) => `list: rankings(taskId: $taskId, first: $first, after: $after) ${page}`,
};
const CHILD_LISTS: Readonly<Record<string, (page: string) => string>> = {
  "outcomes of a PTM": (page) =>
    `of: ptm(id: $ptmId) { list: outcomes(first: $first, after: $after) ${page} }`,
  "rankings of a PTM": (page) =>
    `of: ptm(id: $ptmId) { list: rankings(first: $first, after: $after) ${page} }`,
  "outcomes of a task": (page) =>
    `of: task(id: $taskId) { list: outcomes(first: $first, after: $after) ${page} }`,
  "rankings inside a task": (page) =>
    `of: task(id: $taskId) { list: rankings(first: $first, after: $after) ${page} }`,
};
const ALL_LISTS = { ...LISTS, ...CHILD_LISTS };

function request(field: string, first: number, after: string | null): Promise<Answer<Record<string, never>>> {
  const ids = field.includes("$taskId")
    ? { taskId: toGlobalId("Task", sown.taskIds[0]!) }
    : field.includes("$ptmId")
      ? { ptmId: toGlobalId("Ptm", sown.ptmIds[0]!) }
      : {};
  const declared = Object.keys(ids).map((name) => `, $${name}: ID!`);
  return server.request(`query ($first: Int!, $after: String${declared.join("")}) { ${field} }`, {
    first,
    after,
    ...ids,
  });
}

async function page(
  list: (page: string) => string,
  first: number,
  after: string | null,
): Promise<Connection> {
  const { data, errors } = await request(list(`{ ${PAGE} }`), first, after);
  assert.equal(errors, undefined);
  const found = data as unknown as { list?: Connection; of?: { list: Connection } };
  return found.list ?? found.of!.list;
}

/** All items, page by page; `between` runs after each page. */
async function walk(
  list: (page: string) => string,
  first: number,
  between: () => Promise<unknown> = async () => undefined,
): Promise<string[]> {
  const ids: string[] = [];
  let after: string | null = null;
  for (;;) {
    const { nodes, edges, pageInfo }: Connection = await page(list, first, after);
    assert.deepEqual(
      edges.map(({ node }) => node),
      nodes,
    );
    assert.equal(pageInfo.endCursor, edges.at(-1)?.cursor ?? null);
    assert.ok(nodes.length === first || !pageInfo.hasNextPage);
    ids.push(...nodes.map(({ id }) => id));
    if (!pageInfo.hasNextPage) return ids;
    after = pageInfo.endCursor;
    await between();
  }
}

for (const [name, list] of Object.entries(ALL_LISTS)) {
  test(`${name}: pages of any size give every item once, in one order`, async () => {
    const { totalCount, nodes } = await page(list, 100, null);
    assert.equal(nodes.length, totalCount);
    assert.ok(totalCount >= 1);
    const whole = nodes.map(({ id }) => id);
    assert.equal(new Set(whole).size, totalCount);
    for (const first of [3, 7, totalCount]) assert.deepEqual(await walk(list, first), whole);
  });

  test(`${name}: first is 1 to 100, and required`, async () => {
    for (const first of [0, -1, 101, 2 ** 31 - 1]) {
      const { errors } = await request(list("{ totalCount }"), first, null);
      assert.deepEqual(errors?.[0]?.extensions.code, "BAD_USER_INPUT", String(first));
      assert.match(errors[0].message, /first must be 1 to 100/);
    }
    const without = list("{ totalCount }").replace("first: $first, ", "");
    const { errors } = await request(without, 1, null);
    assert.equal(errors?.[0]?.extensions.code, "GRAPHQL_VALIDATION_FAILED");
  });

  test(`${name}: a cursor that this list never gave is refused`, async () => {
    const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
    const bad = ["", "x", "!!", encode({}), encode([]), encode(null), encode([1]), encode(["a", "b", "c"])];
    for (const after of [...bad, encode(["\0"]), encode(["'; DROP TABLE ptm"]), "9".repeat(10_000)]) {
      const { errors } = await request(list("{ totalCount nodes { id } }"), 1, after);
      assert.equal(errors?.[0]?.extensions.code, "BAD_USER_INPUT", after.slice(0, 40));
    }
  });
}

/** A PTM like another, by a name and with an id of now. */
async function insertPtm(name: string): Promise<string> {
  const ptms = server.container.dataSource.getRepository(Ptm);
  const id = uuid();
  await ptms.insert(Object.assign(await ptms.findOneByOrFail({ id: sown.ptmIds[0]! }), { id, name }));
  return toGlobalId("Ptm", id);
}

describe("while rows are added", () => {
  test("newest first gives what was there when the walk began, each once", async () => {
    const before = (await page(ALL_LISTS["ptms, newest"]!, 100, null)).nodes.map(({ id }) => id);
    let n = 0;
    const seen = await walk(ALL_LISTS["ptms, newest"]!, 4, () => insertPtm(`newest ${n++}`));
    assert.deepEqual(seen, before);
  });

  test("oldest first gives the new ones too, each once, at the end", async () => {
    const before = (await page(ALL_LISTS["ptms, oldest"]!, 100, null)).nodes.map(({ id }) => id);
    const added: string[] = [];
    const seen = await walk(ALL_LISTS["ptms, oldest"]!, 10, async () => {
      if (added.length < 3) added.push(await insertPtm(`oldest ${added.length}`));
    });
    assert.deepEqual(seen, [...before, ...added]);
  });

  test("by name gives what was there, each once, and of the new ones those behind the place", async () => {
    const before = (await page(ALL_LISTS["ptms, by name"]!, 100, null)).nodes.map(({ id }) => id);
    const added: string[] = [];
    const seen = await walk(ALL_LISTS["ptms, by name"]!, 10, async () => {
      if (added.length === 0) added.push(await insertPtm("! before all"), await insertPtm("~ behind all"));
    });
    assert.deepEqual(seen, [...before, added[1]!]);
  });

  test("a row that goes while it is the cursor's does not stop the walk", async () => {
    const name = "aaa goes";
    await insertPtm(name);
    const first = await page(ALL_LISTS["ptms, newest"]!, 1, null);
    await server.container.dataSource.getRepository(Ptm).delete({ name });
    const next = await page(ALL_LISTS["ptms, newest"]!, 1, first.pageInfo.endCursor);
    assert.equal(next.nodes.length, 1);
    assert.notEqual(next.nodes[0]!.id, first.nodes[0]!.id);
  });
});

test("totalCount follows the filter, and not the page", async () => {
  const answer = await server.ask(`{
    a: ptms(first: 2, filter: { name: "PTM 7" }) { totalCount nodes { name } }
    b: ptms(first: 2, filter: { tags: ["sown"], status: [READY], parameterCount: { gte: 11 } }) { totalCount }
    c: tasks(first: 1, filter: { status: [FAILED] }) { totalCount }
    d: tasks(first: 1, filter: { status: [] }) { totalCount }
    e: jobs(first: 1, filter: { state: [COMPLETED] }) { totalCount }
  }`);
  assert.deepEqual(answer, {
    a: { totalCount: 1, nodes: [{ name: "ptm 7" }] },
    b: { totalCount: 0 },
    c: { totalCount: 0 },
    d: { totalCount: 0 },
    e: { totalCount: 2 * SIZE },
  });
});

test("a list that has nothing behind its cursor is an empty page", async () => {
  const all = await page(ALL_LISTS["tasks, newest"]!, 100, null);
  const behind = await page(ALL_LISTS["tasks, newest"]!, 10, all.pageInfo.endCursor);
  assert.deepEqual([behind.nodes, behind.pageInfo], [[], { endCursor: null, hasNextPage: false }]);
});

describe("node and nodes", () => {
  const NODES = `query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }`;

  async function idsOfEveryType(): Promise<Map<string, string>> {
    const { dataSource } = server.container;
    const ids = new Map<string, string>();
    for (const type of NODE_TYPES) {
      const table = type.replaceAll(/(?<!^)([A-Z])/g, "_$1").toLowerCase();
      const rows = (await dataSource.query(`SELECT id FROM ${table} LIMIT 1`)) as { id: string }[];
      ids.set(type, toGlobalId(type, rows[0]!.id));
    }
    return ids;
  }

  test("find an object of every type by its id, in the order of the ids, twice where asked twice", async () => {
    const ids = await idsOfEveryType();
    assert.equal(ids.size, NODE_TYPES.length);
    const expected = [...ids].map(([type, id]) => ({ __typename: type, id }));
    const { nodes } = await server.ask<{ nodes: unknown[] }>(NODES, {
      ids: [...ids.values(), ...ids.values()],
    });
    assert.deepEqual(nodes, [...expected, ...expected]);
    for (const node of expected) {
      const query = `query ($id: ID!) { node(id: $id) { __typename id } }`;
      assert.deepEqual(await server.ask(query, { id: node.id }), { node });
    }
  });

  test("26: give null for every forged, foreign or absent id, in the same way", async () => {
    const raw = sown.ptmIds[0]!;
    const encode = (text: string): string => Buffer.from(text).toString("base64url");
    const forged = [
      "",
      "1",
      raw,
      encode(raw),
      encode("Ptm:1"),
      encode(`ptm:${raw}`),
      encode(`Ptm:${raw.toUpperCase()}`),
      encode(`Ptm:${raw} `),
      encode(`Ptm:${raw}:`),
      encode(`Ptm:${raw}\0`),
      encode(`Ptm: OR 1=1`),
      encode(`Query:${raw}`),
      encode(`__proto__:${raw}`),
      encode(`Artifact:${raw}`),
      encode(`constructor:${raw}`),
      `${toGlobalId("Ptm", raw)}=`,
      Buffer.from(`Ptm:${raw}`).toString("base64"),
      toGlobalId("Task", raw), // another type's
      toGlobalId("Ranking", raw),
      ...ID_TYPES.map((type) => toGlobalId(type, uuid())),
      "x".repeat(10_000),
    ].filter((id) => id !== toGlobalId("Ptm", raw));
    const { nodes } = await server.ask<{ nodes: unknown[] }>(NODES, { ids: forged });
    assert.deepEqual(
      nodes,
      forged.map(() => null),
    );
    const fields = ["ptm", "task", "job", "ranking", "spider", "node"];
    const query = `query ($id: ID!) { ${fields.map((field) => `${field}(id: $id) { id }`).join(" ")} }`;
    const nothing = Object.fromEntries(fields.map((field) => [field, null]));
    for (const id of forged) {
      const { data, errors } = await server.request(query, { id });
      assert.deepEqual([data, errors], [nothing, undefined], id.slice(0, 60));
    }
  });

  test("take at most 100 ids, and none", async () => {
    assert.deepEqual(await server.ask(NODES, { ids: [] }), { nodes: [] });
    const { errors } = await server.request(NODES, { ids: Array<string>(101).fill("x") });
    assert.deepEqual(
      [errors?.[0]?.extensions.code, errors?.[0]?.message],
      ["BAD_USER_INPUT", "ids must hold at most 100 ids, got 101."],
    );
  });
});
