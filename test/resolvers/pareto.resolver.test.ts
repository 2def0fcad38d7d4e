import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { paretoFrontByPairs } from "../../src/engine/ranking/pareto-front.js";
import { addPrivateTask } from "../support/private-task.js";
import { SMALL_ZOO, startTestServer, type TestServer } from "../support/server.js";
import { statementsOf } from "../support/statements.js";

interface Entry {
  readonly rank: number;
  readonly fitness: number;
  readonly costs: readonly { cost: string; value: number | null }[];
  readonly ptm: { name: string; parameterCount: number; macs: number | null; sizeBytes: number };
}

interface Page {
  readonly nodes: readonly Entry[];
  readonly totalCount: number;
  readonly pageInfo: { endCursor: string | null; hasNextPage: boolean };
}

interface Front {
  readonly zooSize: number;
  readonly latencyCircumstances: string | null;
  readonly front: Page;
  readonly unknown: Page;
}

const PAGE = `{ totalCount pageInfo { endCursor hasNextPage }
  nodes { rank fitness costs { cost value } ptm { name parameterCount macs sizeBytes } } }`;
const PARETO = `query ($taskId: ID!, $cost: [PtmCost!]!, $filter: PtmFilter, $first: Int! = 100, $after: String) {
  pareto(taskId: $taskId, cost: $cost, filter: $filter) {
    zooSize latencyCircumstances task { id } spider { active }
    front(first: $first, after: $after) ${PAGE} unknown(first: 100) ${PAGE} } }`;

const ARCHITECTURES = ["alphabets-plain", "faces-vit", "flowers-residual"];

let server: TestServer;
let taskId: string;
before(async () => {
  server = await startTestServer({ ptms: [...SMALL_ZOO, ...ARCHITECTURES] });
  taskId = await addPrivateTask(server, "pareto", 3);
});
after(() => server.close());

async function pareto(cost: readonly string[], more: object = {}): Promise<Front> {
  return (await server.ask<{ pareto: Front }>(PARETO, { taskId, cost, ...more })).pareto;
}

const names = (page: Page): string[] => page.nodes.map(({ ptm }) => ptm.name);

describe("pareto", () => {
  test("gives the PTMs of the ranking that nothing beats on fitness and cost, fittest first", async () => {
    const { rank } = await server.ask<{ rank: { entries: Entry[] } }>(
      `query ($taskId: ID!) { rank(taskId: $taskId) { entries {
        rank fitness ptm { name parameterCount macs sizeBytes } } } }`,
      { taskId },
    );
    const { entries } = rank;
    for (const [cost, value] of [
      [["PARAMETERS"], (entry: Entry) => [entry.ptm.parameterCount]],
      [["MACS"], (entry: Entry) => [entry.ptm.macs!]],
      [["MACS", "SIZE"], (entry: Entry) => [entry.ptm.macs!, entry.ptm.sizeBytes]],
    ] as const) {
      const costs = cost.map((_, i) => entries.map((entry) => value(entry)[i]!));
      const expected = paretoFrontByPairs(
        entries.map(({ fitness }) => fitness),
        costs,
      );
      const { front, unknown, zooSize } = await pareto(cost);
      assert.equal(zooSize, entries.length);
      assert.deepEqual(
        front.nodes.map((entry) => [
          entry.ptm.name,
          entry.rank,
          entry.fitness,
          entry.costs.map((c) => c.value),
        ]),
        Array.from(expected, (i) => entries[i]!).map((entry) => [
          entry.ptm.name,
          entry.rank,
          entry.fitness,
          value(entry),
        ]),
      );
      assert.ok(front.totalCount < zooSize); // otherwise the test would say nothing
      assert.equal(unknown.totalCount, 0);
    }
  });

  test("lists PTMs of unknown cost apart: they neither beat nor are beaten", async () => {
    const { dataSource } = server.container;
    const [fittest] = (await pareto(["MACS"])).front.nodes;
    await dataSource.query("UPDATE ptm SET macs = NULL, macs_reason = 'test' WHERE name = $1", [
      fittest!.ptm.name,
    ]);
    const { front, unknown, zooSize } = await pareto(["MACS"]);
    assert.deepEqual([zooSize, names(unknown)], [8, [fittest!.ptm.name]]);
    assert.deepEqual(unknown.nodes[0]!.costs, [{ cost: "MACS", value: null }]);
    assert.equal(unknown.nodes[0]!.rank, 1);
    assert.ok(!names(front).includes(fittest!.ptm.name));
    await dataSource.query("UPDATE ptm SET macs = $2, macs_reason = NULL WHERE name = $1", [
      fittest!.ptm.name,
      fittest!.ptm.macs,
    ]);
    assert.equal((await pareto(["MACS"])).unknown.totalCount, 0);
  });

  test("compares latencies of the same circumstances alone, and says which", async () => {
    const { dataSource } = server.container;
    const all = await pareto(["LATENCY"]);
    assert.equal(all.unknown.totalCount, 0);
    assert.match(all.latencyCircumstances!, /^batches of 64, 1 thread on cpu, \d+ x /);
    await dataSource.query(`UPDATE ptm_latency SET machine = 'another'
      WHERE ptm_id = (SELECT id FROM ptm WHERE name = 'faces-vit')`);
    const { unknown, latencyCircumstances } = await pareto(["PARAMETERS", "LATENCY"]);
    assert.deepEqual([names(unknown), latencyCircumstances], [["faces-vit"], all.latencyCircumstances]);
    assert.equal((await pareto(["MACS"])).latencyCircumstances, null);
  });

  test("keeps to the filter, and a repeated cost counts once", async () => {
    const filter = { architecture: ["mobile"] };
    const { zooSize, front } = await pareto(["SIZE", "SIZE"], { filter });
    assert.equal(zooSize, SMALL_ZOO.length);
    assert.ok(front.nodes.every(({ ptm, costs }) => ptm.name.endsWith("mobile") && costs.length === 1));
    const none = await pareto(["SIZE"], { filter: { license: ["none"] } });
    assert.deepEqual([none.zooSize, none.front.nodes, none.front.totalCount], [0, [], 0]);
  });

  test("is paged, every page in as many statements", async () => {
    const whole = (await pareto(["PARAMETERS", "MACS"])).front;
    assert.ok(whole.nodes.length >= 2);
    const walked: string[] = [];
    for (let after: string | null = null, more = true; more;) {
      const { front }: Front = await pareto(["PARAMETERS", "MACS"], { first: 1, after });
      walked.push(...names(front));
      ({ endCursor: after, hasNextPage: more } = front.pageInfo);
    }
    assert.deepEqual(walked, names(whole));
    const { dataSource } = server.container;
    const statements = async (first: number): Promise<number> =>
      (await statementsOf(dataSource, () => pareto(["MACS"], { first }))).length;
    assert.equal(await statements(1), await statements(100));
  });

  test("refuses what it cannot answer", async () => {
    for (const [variables, code] of [
      [{ taskId, cost: [] }, "BAD_USER_INPUT"],
      [{ taskId, cost: ["MACS"], first: 101 }, "BAD_USER_INPUT"],
      [{ taskId, cost: ["MACS"], after: "x" }, "BAD_USER_INPUT"],
      [{ taskId: "x", cost: ["MACS"] }, "NOT_FOUND"],
    ] as const) {
      const { errors } = await server.request(PARETO, variables);
      assert.equal(errors?.[0]?.extensions.code, code, JSON.stringify(errors));
    }
  });
});
