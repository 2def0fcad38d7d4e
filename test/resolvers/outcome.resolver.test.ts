import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { v7 as uuid } from "uuid";

import { toGlobalId } from "../../src/schema/global-id.js";
import { sowRegistry } from "../support/registry-rows.js";
import { startTestServer, type TestServer } from "../support/server.js";

const REPORT = `mutation ($input: ReportOutcomeInput!) {
  reportOutcome(input: $input) {
    outcome { id metric value protocol split seed evidenceUrl reportedBy createdAt task { id } ptm { id } }
    userErrors { code message path }
  }
}`;

interface Reported {
  readonly outcome: { readonly id: string; readonly value: number; readonly [key: string]: unknown } | null;
  readonly userErrors: readonly { code: string; message: string; path: string[] }[];
}

let server: TestServer;
let taskId: string;
let ptmId: string;
before(async () => {
  server = await startTestServer();
  const sown = await sowRegistry(server.container.dataSource, 2);
  taskId = toGlobalId("Task", sown.taskIds[0]!);
  ptmId = toGlobalId("Ptm", sown.ptmIds[0]!);
});
after(() => server.close());

async function report(further: object): Promise<Reported> {
  const input = { taskId, ptmId, metric: "accuracy", value: 0.5, ...further };
  return (await server.ask<{ reportOutcome: Reported }>(REPORT, { input })).reportOutcome;
}

async function count(condition = "true"): Promise<number> {
  const rows = (await server.container.dataSource.query(
    `SELECT count(*)::int AS count FROM outcome WHERE ${condition}`,
  )) as { count: number }[];
  return rows[0]!.count;
}

/** @param further the part that is wrong comes first */
async function refused(further: object, code: string, message: RegExp): Promise<void> {
  const before = await count();
  const { outcome, userErrors } = await report(further);
  assert.equal(outcome, null);
  assert.deepEqual([userErrors[0]?.code, userErrors[0]?.path], [code, ["input", Object.keys(further)[0]]]);
  assert.match(userErrors[0]!.message, message);
  assert.equal(await count(), before);
}

test("reportOutcome gives back what was reported, with its defaults", async () => {
  const { outcome, userErrors } = await report({
    metric: " auc ",
    value: 0.1 + 0.2,
    evidenceUrl: "https://runs.example/7",
  });
  assert.deepEqual(userErrors, []);
  const { id, createdAt, ...rest } = outcome!;
  assert.deepEqual(rest, {
    metric: "auc",
    value: 0.1 + 0.2,
    protocol: "FULL_FINE_TUNE",
    split: "test",
    seed: 0,
    evidenceUrl: "https://runs.example/7",
    reportedBy: "local",
    task: { id: taskId },
    ptm: { id: ptmId },
  });
  assert.ok(Math.abs(Date.now() - Date.parse(String(createdAt))) < 3_600_000);
  const found = await server.ask(`query ($id: ID!) { node(id: $id) { __typename id } }`, { id });
  assert.deepEqual(found, { node: { __typename: "Outcome", id } });
});

test("reportOutcome of the same value is the same outcome, one after the other or twenty at once", async () => {
  const before = await count();
  const together = await Promise.all(
    Array.from({ length: 20 }, () => report({ metric: "repeated", value: 0.25 })),
  );
  const later = await report({ metric: "repeated", value: 0.25, evidenceUrl: "https://other.example/" });
  assert.equal(new Set([...together, later].map(({ outcome }) => outcome!.id)).size, 1);
  assert.equal(await count(), before + 1);
});

test("reportOutcome of another value conflicts, and says what is recorded", async () => {
  await report({ metric: "conflict", value: 0.25 });
  await refused({ value: 0.5, metric: "conflict" }, "CONFLICT", /recorded as 0\.25, not 0\.5/);
  for (const further of [
    { seed: 1 },
    { split: "validation" },
    { protocol: "LINEAR_PROBE" },
    { metric: "conflict 2" },
  ]) {
    assert.deepEqual((await report({ metric: "conflict", value: 0.5, ...further })).userErrors, []);
  }
  const values = Array.from({ length: 20 }, (_, i) => i);
  const contended = await Promise.all(values.map((value) => report({ metric: "contended", value })));
  assert.equal(contended.filter(({ outcome }) => outcome !== null).length, 1);
});

test("reportOutcome refuses what cannot be stored or means nothing", async () => {
  for (const evidenceUrl of [
    "javascript:alert(1)",
    "file:///etc/passwd",
    "//x",
    "https://a b",
    "ftp://x",
    "",
  ]) {
    await refused({ evidenceUrl, metric: "url" }, "BAD_USER_INPUT", /http or https/);
  }
  await refused({ evidenceUrl: `https://${"x".repeat(2000)}` }, "BAD_USER_INPUT", /at most 2000/);
  await refused({ evidenceUrl: "https://a\ud800" }, "BAD_USER_INPUT", /surrogate/);
  await refused({ metric: "x".repeat(101) }, "BAD_USER_INPUT", /1 to 100 characters/);
  await refused({ metric: " " }, "BAD_USER_INPUT", /1 to 100 characters/);
  await refused({ metric: "a\0" }, "BAD_USER_INPUT", /control/);
  await refused({ split: "" }, "BAD_USER_INPUT", /1 to 100 characters/);
  await refused(
    { value: 70.4, metric: "Accuracy" },
    "BAD_USER_INPUT",
    /from 0 to 1, got 70.4; for 70.4 %, report 0.704\.$/,
  );
  await refused({ value: -0.1, metric: "accuracy" }, "BAD_USER_INPUT", /from 0 to 1, got -0.1\.$/);
});

test("26: reportOutcome says in the same words that something is absent, whatever was wrong with the id", async () => {
  for (const id of ["", "x", toGlobalId("Spider", uuid()), toGlobalId("Task", uuid())]) {
    await refused({ taskId: id }, "NOT_FOUND", /^There is no Task with the id given\.$/);
  }
  for (const id of ["", "x", taskId, toGlobalId("Ptm", uuid())]) {
    await refused({ ptmId: id }, "NOT_FOUND", /^There is no Ptm with the id given\.$/);
  }
});

test("19: NaN, infinities and 1e999 are refused as literal and as variable; 1e-400 is zero", async () => {
  const before = await count();
  const literal = (value: string): string =>
    `mutation { reportOutcome(input: { taskId: "${taskId}", ptmId: "${ptmId}", metric: "finite", value: ${value} }) {
      outcome { value } userErrors { code } } }`;
  for (const value of ["NaN", "Infinity", "-Infinity", "1e999", "-1e999", `"NaN"`, "null", "true", "[1]"]) {
    const { errors } = await server.request(literal(value));
    // -Infinity is not even a token of GraphQL.
    assert.match(errors?.[0]?.extensions.code ?? "", /^GRAPHQL_(VALIDATION|PARSE)_FAILED$/, value);
  }
  for (const value of ["1e999", "-1e999", `"Infinity"`, "null", "true", "[1]", "{}"]) {
    const response = await fetch(`${server.address}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      // As text, for JSON.stringify would make null of it.
      body: `{"query":${JSON.stringify(REPORT)},"variables":{"input":{"taskId":"${taskId}","ptmId":"${ptmId}","value":${value}}}}`,
    });
    const { errors } = (await response.json()) as { errors?: { extensions: { code: string } }[] };
    assert.equal(errors?.[0]?.extensions.code, "BAD_USER_INPUT", value);
  }
  assert.equal(await count(), before);
  assert.deepEqual(await server.ask(literal("1e-400")), {
    reportOutcome: { outcome: { value: 0 }, userErrors: [] },
  });
  assert.deepEqual(await server.ask(literal("-0.0")), {
    reportOutcome: { outcome: { value: 0 }, userErrors: [] },
  });
  assert.equal(await count("value = 'NaN' OR abs(value) = 'Infinity'"), 0);
});

test("a seed is a 32-bit integer", async () => {
  for (const seed of [2 ** 31, -(2 ** 31) - 1, 1.5, "1"]) {
    const { errors } = await server.request(REPORT, { input: { taskId, ptmId, value: 1, seed } });
    assert.equal(errors?.[0]?.extensions.code, "BAD_USER_INPUT", String(seed));
  }
  assert.deepEqual((await report({ metric: "seed", seed: 2 ** 31 - 1 })).userErrors, []);
  assert.deepEqual((await report({ metric: "seed", seed: -(2 ** 31) })).userErrors, []);
});
