import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { toGlobalId } from "../../src/schema/global-id.js";
import { LARGEST_REPORT } from "../../src/services/registry/report-outcome.js";
import { type SownRegistry, sowRegistry } from "../support/registry-rows.js";
import { startTestServer, type TestServer } from "../support/server.js";
import { statementsOf } from "../support/statements.js";

interface Reported {
  readonly outcomes: readonly { readonly id: string; readonly value: number; readonly seed: number }[] | null;
  readonly userErrors: readonly { code: string; message: string; path: string[] }[];
}

let server: TestServer;
let sown: SownRegistry;
before(async () => {
  server = await startTestServer();
  sown = await sowRegistry(server.container.dataSource, 3);
});
after(() => server.close());

const pair = () => ({
  taskId: toGlobalId("Task", sown.taskIds[0]!),
  ptmId: toGlobalId("Ptm", sown.ptmIds[0]!),
});
const runs = (metric: string, count: number) =>
  Array.from({ length: count }, (_, seed) => ({ ...pair(), metric, value: seed / 1024, seed }));

async function report(outcomes: readonly object[]): Promise<Reported> {
  const answer = await server.ask<{ reportOutcomes: Reported }>(
    `mutation ($input: ReportOutcomesInput!) { reportOutcomes(input: $input) {
      outcomes { id value seed } userErrors { code message path } } }`,
    { input: { outcomes } },
  );
  return answer.reportOutcomes;
}

async function count(table: "outcome" | "audit_event"): Promise<number> {
  const [row] = await server.container.dataSource.query<{ count: number }[]>(
    `SELECT count(*)::int AS count FROM ${table}`,
  );
  return row!.count;
}

test("reportOutcomes records a thousand measurements, each with its audit event, in the order of the input", async () => {
  const before = [await count("outcome"), await count("audit_event")];
  const input = runs("many", LARGEST_REPORT);
  const { outcomes, userErrors } = await report(input);
  assert.deepEqual(userErrors, []);
  assert.deepEqual(
    outcomes!.map(({ value, seed }) => [value, seed]),
    input.map(({ value, seed }) => [value, seed]),
  );
  const after = before.map((rows) => rows + LARGEST_REPORT);
  assert.deepEqual([await count("outcome"), await count("audit_event")], after);
  assert.deepEqual((await report(input.toReversed())).outcomes, outcomes!.toReversed());
  assert.deepEqual([await count("outcome"), await count("audit_event")], after);
});

test("reportOutcomes takes as many statements for hundreds as for one", async () => {
  const statements = async (metric: string, count: number): Promise<number> =>
    (await statementsOf(server.container.dataSource, () => report(runs(metric, count)))).length;
  assert.equal(await statements("few", 1), await statements("hundreds", 300));
});

test("reportOutcomes records nothing where one is refused, and says which and why", async () => {
  await report([{ ...pair(), metric: "known", value: 0.5 }]);
  const before = await count("outcome");
  const good = { ...pair(), metric: "good", value: 0.5 };
  const cases: [object, string, RegExp, string][] = [
    [{ ...good, taskId: "x" }, "NOT_FOUND", /no Task/, "taskId"],
    [{ ...good, ptmId: toGlobalId("Ptm", sown.taskIds[0]!) }, "NOT_FOUND", /no Ptm/, "ptmId"],
    [{ ...good, evidenceUrl: "file:///etc" }, "BAD_USER_INPUT", /http or https/, "evidenceUrl"],
    [{ ...good, metric: " " }, "BAD_USER_INPUT", /1 to 100 characters/, "metric"],
    [{ ...pair(), metric: "known", value: 0.25 }, "CONFLICT", /recorded as 0.5, not 0.25/, "value"],
  ];
  for (const [bad, code, message, part] of cases) {
    const { outcomes, userErrors } = await report([good, bad, { ...good, seed: 1 }, bad]);
    assert.equal(outcomes, null);
    assert.deepEqual(
      userErrors.map(({ code, path }) => [code, path]),
      ["1", "3"].map((place) => [code, ["input", "outcomes", place, part]]),
    );
    assert.match(userErrors[0]!.message, message);
  }
  const contradiction = await report([good, { ...good, value: 0.25 }]);
  assert.deepEqual(
    contradiction.userErrors.map(({ code, path }) => [code, path[2]]),
    [["CONFLICT", "1"]],
  );
  assert.equal(await count("outcome"), before);
});

test("reportOutcomes of equal measurements is one outcome, within a report and in reports at once", async () => {
  const input = runs("contended", 50);
  const before = await count("outcome");
  const reports = await Promise.all(
    Array.from({ length: 8 }, (_, i) => report(i % 2 === 0 ? input : [...input, ...input].toReversed())),
  );
  assert.deepEqual(
    reports.flatMap(({ userErrors }) => userErrors),
    [],
  );
  assert.equal(new Set(reports.flatMap(({ outcomes }) => outcomes!.map(({ id }) => id))).size, 50);
  assert.equal(await count("outcome"), before + 50);
});

test("reportOutcomes takes 1 to 1000 measurements", async () => {
  for (const size of [0, LARGEST_REPORT + 1]) {
    const { outcomes, userErrors } = await report(runs("size", size));
    assert.equal(outcomes, null);
    assert.deepEqual([userErrors[0]?.code, userErrors[0]?.path], ["BAD_USER_INPUT", ["input", "outcomes"]]);
    assert.match(userErrors[0]!.message, new RegExp(`1 to 1000 measurements, got ${size}\\.$`));
  }
});
