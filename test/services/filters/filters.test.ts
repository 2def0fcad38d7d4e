import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { type SownRegistry, sowRegistry } from "../../support/registry-rows.js";
import { startTestServer, type TestServer } from "../../support/server.js";

let server: TestServer;
let sown: SownRegistry;
before(async () => {
  server = await startTestServer();
  const { dataSource } = server.container;
  sown = await sowRegistry(dataSource, 8);
  const rows = [
    [
      "google/vit-base",
      ["vision", "large"],
      "Apache-2.0",
      "vit",
      86_000_000,
      "A transformer for image classification.",
    ],
    ["resnet_50", ["vision"], "MIT", "resnet", 25_600_000, "A residual network, trained on photographs."],
    ["resnet-18", ["vision", "small"], "MIT", "resnet", 11_700_000, null],
    ["100% cheap_net", ["small"], null, null, 1_000, "Classifies flowers"],
  ] as const;
  for (const [i, [name, tags, license, architecture, parameterCount, card]] of rows.entries()) {
    await dataSource.query(
      `UPDATE ptm SET name = $2, tags = $3, license = $4, architecture = $5, parameter_count = $6, card = $7,
                      macs = 10 * $6::bigint, created_by = 'ann' WHERE id = $1`,
      [sown.ptmIds[i], name, tags, license, architecture, parameterCount, card],
    );
  }
});
after(() => server.close());

/** Names of what a filter admits, among the four with names of their own, by name. */
async function admitted(filter: object): Promise<string[]> {
  const { ptms } = await server.ask<{ ptms: { nodes: { name: string }[] } }>(
    `query ($filter: PtmFilter) { ptms(first: 100, filter: $filter, orderBy: NAME) { nodes { name } } }`,
    { filter: { and: [{ createdBy: { eq: "ann" } }, filter] } },
  );
  return ptms.nodes.map(({ name }) => name);
}

describe("the filter of PTMs", () => {
  for (const [what, filter, expected] of [
    ["the short form of a licence is a list", { license: ["MIT"] }, ["resnet_50", "resnet-18"]],
    ["one value stands for a list of one", { license: "MIT" }, ["resnet_50", "resnet-18"]],
    ["eq", { where: { license: { eq: "Apache-2.0" } } }, ["google/vit-base"]],
    ["in", { where: { architecture: { in: ["vit", "none"] } } }, ["google/vit-base"]],
    ["contains, whatever the case", { where: { name: { contains: "RESNET" } } }, ["resnet_50", "resnet-18"]],
    [
      "contains takes signs of patterns as they stand",
      { where: { name: { contains: "0% " } } },
      ["100% cheap_net"],
    ],
    ["contains takes _ as it stands", { where: { name: { contains: "t_" } } }, ["resnet_50"]],
    ["a name whatever its case", { where: { name: { eq: "RESNET-18" } } }, ["resnet-18"]],
    ["MACs", { macs: { lte: 117_000_000 } }, ["100% cheap_net", "resnet-18"]],
    ["gte and lte", { parameterCount: { gte: 1000, lte: 11_700_000 } }, ["100% cheap_net", "resnet-18"]],
    [
      "a count that is one of several",
      { parameterCount: { in: [1000, 86_000_000] } },
      ["100% cheap_net", "google/vit-base"],
    ],
    ["every tag", { tags: ["vision", "small"] }, ["resnet-18"]],
    [
      "one of several tags",
      { where: { tags: { in: ["large", "small"] } } },
      ["100% cheap_net", "google/vit-base", "resnet-18"],
    ],
    ["a tag", { where: { tags: { contains: "large" } } }, ["google/vit-base"]],
    [
      "or",
      { or: [{ license: ["MIT"], tags: ["small"] }, { tags: ["large"] }] },
      ["google/vit-base", "resnet-18"],
    ],
    ["an or of nothing admits nothing", { or: [] }, []],
    [
      "an and of nothing admits everything",
      { and: [] },
      ["100% cheap_net", "google/vit-base", "resnet_50", "resnet-18"],
    ],
    [
      "not, where the value is unknown too",
      { not: { license: ["MIT"] } },
      ["100% cheap_net", "google/vit-base"],
    ],
    [
      "two conditions of one filter must both hold",
      { license: ["MIT"], where: { license: { contains: "apache" } } },
      [],
    ],
    ["a moment", { createdAt: { gte: "2001-01-01T00:00:00Z", lte: "2002-01-01T00:00:00Z" } }, []],
    ["text finds another form of a word of the card", { text: "flowering" }, ["100% cheap_net"]],
    ["text finds a part between separators", { text: "vit" }, ["google/vit-base"]],
    ["text finds a tag", { text: "large" }, ["google/vit-base"]],
    ["text finds half a name", { text: "resn" }, ["resnet_50", "resnet-18"]],
    ["text knows minus", { text: "resnet -photographs" }, ["resnet-18"]],
    ["text knows quotes", { text: `"residual network"` }, ["resnet_50"]],
    ["text of signs alone finds nothing", { text: "&|!():*<->" }, []],
  ] as const) {
    test(what, async () => {
      assert.deepEqual((await admitted(filter)).sort(), [...expected].sort());
    });
  }

  for (const [what, filter, message] of [
    ["six levels", { not: { not: { not: { not: { not: { name: "x" } } } } } }, /5 levels/],
    ["more than 50 conditions", { or: Array.from({ length: 51 }, () => ({ name: "x" })) }, /50 conditions/],
    ["more than 50 values", { license: Array.from({ length: 51 }, () => "x") }, /50 values/],
    ["a text of 201 characters", { text: "x".repeat(201) }, /200 characters/],
  ] as const) {
    test(`refuses ${what}`, async () => {
      const { errors } = await server.request(
        `query ($filter: PtmFilter) { ptms(first: 1, filter: $filter) { nodes { id } } }`,
        {
          filter,
        },
      );
      assert.equal(errors?.[0]?.extensions.code, "BAD_USER_INPUT");
      assert.match(errors[0].message, message);
    });
  }

  test("refuses a hundred thousand levels like six", async () => {
    const levels = 100_000;
    const response = await fetch(`${server.address}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: `{"query":"query ($filter: PtmFilter) { ptms(first: 1, filter: $filter) { nodes { id } } }",
        "variables":{"filter":${`{"not":`.repeat(levels)}{}${"}".repeat(levels)}}}`,
    });
    const { errors } = (await response.json()) as { errors: { extensions: { code: string } }[] };
    assert.notEqual(errors[0]!.extensions.code, "INTERNAL_SERVER_ERROR");
  });
});

test("lists of tasks, jobs and rankings speak the same language", async () => {
  const answer = await server.ask(`{
    tasks(first: 3, orderBy: NAME, filter: {
      or: [{ where: { name: { contains: "ASK 1" } } }, { text: "3" }], classes: { contains: "a" }, sampleCount: { eq: 4 } }) {
      nodes { name } }
    none: tasks(first: 3, filter: { not: { sampleCount: { gte: 1 } } }) { nodes { name } }
    jobs(first: 1, filter: { not: { kind: [TOKENIZE_PTM] } }) { totalCount nodes { kind } }
  }`);
  assert.deepEqual(answer, {
    tasks: { nodes: [{ name: "task 1" }, { name: "task 3" }] },
    none: { nodes: [] },
    jobs: { totalCount: 8, nodes: [{ kind: "TOKENIZE_TASK" }] },
  });
});

for (const [order, value] of [
  ["FEWEST_PARAMETERS", "parameterCount"],
  ["MOST_PARAMETERS", "parameterCount"],
  ["SMALLEST", "sizeBytes"],
  ["LARGEST", "sizeBytes"],
  ["FEWEST_MACS", "macs"],
  ["MOST_MACS", "macs"],
] as const) {
  test(`${order} walks over every PTM once, in order, ties and all`, async () => {
    const values: (number | null)[] = [];
    const ids = new Set<string>();
    for (let after: string | null = null, more = true; more;) {
      const {
        ptms,
      }: {
        ptms: {
          nodes: { id: string; parameterCount: number; sizeBytes: number; macs: number | null }[];
          pageInfo: { endCursor: string; hasNextPage: boolean };
        };
      } = await server.ask(
        `query ($after: String) { ptms(first: 3, after: $after, orderBy: ${order}) {
            nodes { id ${value} } pageInfo { endCursor hasNextPage } } }`,
        { after },
      );
      for (const node of ptms.nodes) {
        ids.add(node.id);
        values.push(node[value]);
      }
      after = ptms.pageInfo.endCursor;
      more = ptms.pageInfo.hasNextPage;
    }
    assert.equal(ids.size, 8);
    const sign = order.startsWith("FEW") || order === "SMALLEST" ? 1 : -1;
    const place = (value: number | null): number => (value === null ? Infinity : sign * value);
    assert.deepEqual(
      values,
      [...values].sort((a, b) => (place(a) === place(b) ? 0 : place(a) - place(b))),
    );
  });
}

test("ptmFacets counts what a filter admits, the most frequent first, and no more than asked for", async () => {
  const { ptmFacets } = await server.ask<{ ptmFacets: unknown }>(`{
    ptmFacets(first: 2, filter: { createdBy: { eq: "ann" } }) {
      tags { value count } licenses { value count } architectures { value count } } }`);
  assert.deepEqual(ptmFacets, {
    tags: [
      { value: "vision", count: 3 },
      { value: "small", count: 2 },
    ],
    licenses: [
      { value: "MIT", count: 2 },
      { value: "Apache-2.0", count: 1 },
    ],
    architectures: [
      { value: "resnet", count: 2 },
      { value: "vit", count: 1 },
    ],
  });
});
