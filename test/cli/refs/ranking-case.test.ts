import assert from "node:assert/strict";
import { test } from "node:test";

import type { CaseValue } from "../../../src/cli/refs/case-value.js";
import { rankingCaseValues } from "../../../src/cli/refs/ranking-case.js";
import { aggregationCases, correlationCases, readReference } from "../../support/ranking-cases.js";

function keyed(values: CaseValue[] | undefined): Map<string, CaseValue["value"]> {
  assert.ok(values !== undefined);
  return new Map(values.map(({ name, key, value }) => [`${name} ${key}`, value]));
}

function assertClose(
  actual: CaseValue["value"] | undefined,
  expected: number | null,
  tolerance: number,
): void {
  if (expected === null) return assert.equal(actual, null);
  assert.ok(
    typeof actual === "number" && Math.abs(actual - expected) <= tolerance,
    `${String(actual)} against ${expected}`,
  );
}

// What public code ships beside the canonical quantities (refs/README.md): there to explain, not to be implemented.
const NOT_CANONICAL = /rankFalse|multiplicative|kendallTauC|relative@/;

test("rankingCaseValues gives every canonical value of correlation.json", () => {
  const values = keyed(rankingCaseValues(readReference("ranking/correlation.json")));
  for (const { name, expected } of correlationCases()) {
    for (const [key, golden] of Object.entries(expected)) {
      if (NOT_CANONICAL.test(key)) continue;
      assertClose(values.get(`${name} ${key}`), golden.value, golden.tolerance);
    }
  }
});

test("rankingCaseValues gives every aggregation of rank_aggregation.json", () => {
  const values = keyed(rankingCaseValues(readReference("ranking/rank_aggregation.json")));
  const keys = [
    "copelandScore",
    "copelandWinsMinusLosses",
    "copelandRank",
    "bordaScore",
    "bordaRank",
    "copelandBordaTiebreakRank",
  ];
  for (const { name, expected, weightedTauRankNone } of aggregationCases()) {
    for (const key of keys) assert.deepEqual(values.get(`${name} ${key}`), expected[key], `${name} ${key}`);
    for (const [aggregate, tau] of Object.entries(weightedTauRankNone ?? {})) {
      if (typeof tau === "number")
        assertClose(values.get(`${name} weightedTauRankNone.${aggregate}`), tau, 1e-12);
    }
  }
});

test("rankingCaseValues gives the weighted tau of every score of zoo.json and their aggregation", () => {
  const zoo = readReference("zoo/zoo.json") as {
    expected: { weightedTauRankNone: Record<string, number>; rankAgg: Record<string, unknown> };
  };
  const values = keyed(rankingCaseValues(zoo));
  for (const [metric, tau] of Object.entries(zoo.expected.weightedTauRankNone)) {
    // ETran combines two scores over the zoo and is not recorded among them.
    if (metric !== "etran") assertClose(values.get(`zoo_public weightedTauRankNone.${metric}`), tau, 1e-12);
  }
  const { rankAgg } = zoo.expected;
  for (const key of ["copeland", "copelandRank", "borda"]) {
    assert.deepEqual(values.get(`zoo_public rankAgg.${key}`), rankAgg[key]);
  }
  assertClose(
    values.get("zoo_public rankAgg.weightedTauRankNone"),
    rankAgg["weightedTauRankNone"] as number,
    1e-12,
  );
});

test("rankingCaseValues leaves other formats to others", () => {
  assert.equal(rankingCaseValues({ name: "x", features: [1], labels: [0] }), undefined);
  assert.equal(rankingCaseValues({ cases: [] }), undefined);
  assert.equal(rankingCaseValues(null), undefined);
});
