import assert from "node:assert/strict";
import { test } from "node:test";

import type { TransferabilityScore } from "../../../src/entities/transferability-score.js";
import { mergedScores, type RunResult } from "../../../src/services/ranking/merged-scores.js";
import { mergeRule } from "../../../src/services/ranking/merge-rule.js";

type Values = Partial<Record<"LOG_ME" | "K_NN", number | null>>;

function result(ptmId: string, fitness: number, values: Values, sampleCount = 10): RunResult {
  const scores = Object.entries(values).map(
    ([metric, value]) => ({ metric, value, sampleCount }) as TransferabilityScore,
  );
  return { ptmId, fitness, scores };
}

const mixed = (mergeWeights?: object) =>
  mergeRule({ hyperparameters: { mergePolicy: "MIXED_WITH_SCORES", ...(mergeWeights && { mergeWeights }) } });

/** Ids, best first. */
function orderOf(results: RunResult[], rule = mixed()): string {
  return [...mergedScores(results, rule)]
    .sort(([, a], [, b]) => b - a)
    .map(([id]) => id)
    .join("");
}

test("a spider that names nothing keeps its fitness, whatever the metrics say", () => {
  const rule = mergeRule({});
  assert.equal(rule.policy, "AMONG_THEMSELVES");
  const results = [result("a", 2, { LOG_ME: 0, K_NN: 0 }), result("b", 1, { LOG_ME: 9, K_NN: 1 })];
  assert.deepEqual(
    [...mergedScores(results, rule)],
    [
      ["a", 2],
      ["b", 1],
    ],
  );
});

test("the mixture is sum w z, worked by hand", () => {
  // z of two values is +-1: a = 0.1 + 1 - 2, b = -0.1 - 1 + 2
  const results = [result("a", 5, { LOG_ME: 3, K_NN: 0.1 }), result("b", 4, { LOG_ME: -3, K_NN: 0.9 })];
  const scores = mergedScores(results, mixed({ FITNESS: 0.1, LOG_ME: 1, K_NN: 2 }));
  assert.ok(Math.abs(scores.get("a")! + 0.9) < 1e-12 && Math.abs(scores.get("b")! - 0.9) < 1e-12);
});

test("a metric that is undefined for a PTM puts it beside the last", () => {
  const results = [
    result("a", 1, { LOG_ME: null }),
    result("b", 2, { LOG_ME: 1 }),
    result("c", 3, { LOG_ME: 2 }),
  ];
  assert.equal(orderOf(results, mixed({ FITNESS: 0.1, LOG_ME: 1 })), "cba");
});

test("a metric that one of the PTMs was not measured by, or that failed on one, is left out for all", () => {
  const older = [result("a", 1, { K_NN: 0.9 }), result("b", 2, { LOG_ME: 0, K_NN: 0.5 })];
  assert.equal(orderOf(older), "ab");
  const failed = [result("a", 1, { LOG_ME: null }, 0), result("b", 2, { LOG_ME: 7 })];
  assert.equal(orderOf(failed, mixed({ FITNESS: 0, LOG_ME: 1 })), "ba");
});

test("a policy, a part or a weight that is not known is refused by name", () => {
  const refusals: [object, RegExp][] = [
    [{ mergePolicy: "BEST" }, /mergePolicy must be one of AMONG_THEMSELVES, .*got "BEST"/],
    [{ mergePolicy: "MIXED_WITH_SCORES", mergeWeights: [1] }, /mergeWeights must be an object, got \[1\]/],
    [{ mergePolicy: "MIXED_WITH_SCORES", mergeWeights: { LEEP: 1 } }, /may name FITNESS, .*got "LEEP"/],
    [{ mergePolicy: "MIXED_WITH_SCORES", mergeWeights: { K_NN: -1 } }, /weight of K_NN must be .*got -1/],
    [{ mergePolicy: "MIXED_WITH_SCORES", mergeWeights: { K_NN: "1" } }, /weight of K_NN must be .*got "1"/],
  ];
  for (const [hyperparameters, message] of refusals) {
    assert.throws(() => mergeRule({ hyperparameters: { ...hyperparameters } }), message);
  }
});
