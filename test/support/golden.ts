import assert from "node:assert/strict";
import { test } from "node:test";

import { correlationCases } from "./ranking-cases.js";

/**
 * One test a case of refs/ranking/correlation.json that has the key: `compute` must give its value within its tolerance,
 * NaN where the value is null.
 */
export function testGoldenCorrelation(
  who: string,
  key: string,
  compute: (labels: readonly number[], scores: readonly number[]) => number,
): void {
  for (const { name, labels, scores, expected } of correlationCases()) {
    const golden = expected[key];
    if (golden === undefined) continue;
    test(`${who} equals ${key} of ${name}`, () => {
      const actual = compute(labels, scores);
      if (golden.value === null) return assert.ok(Number.isNaN(actual), `expected NaN, got ${actual}`);
      const difference = Math.abs(actual - golden.value);
      assert.ok(difference <= golden.tolerance, `${actual} differs from ${golden.value} by ${difference}`);
    });
  }
}
