import assert from "node:assert/strict";
import { test } from "node:test";

import { lfc } from "../../../src/engine/transferability/lfc.js";
import type { MetricInput } from "../../../src/engine/transferability/metric.js";
import { worstDifference } from "../../support/metric-cases.js";
import { cloudInput, formulaInput, mapFeatures } from "../../support/synthetic-input.js";

/** The definition, with its N x N matrices. */
function plainLfc({ features, labels }: MetricInput): number {
  const { rows: n, columns, values } = features;
  const k: number[] = [];
  const l: number[] = [];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let product = 0;
      for (let d = 0; d < columns; d++) product += values[i * columns + d]! * values[j * columns + d]!;
      k.push(product);
      l.push(labels[i] === labels[j] ? 1 : -1);
    }
  }
  const less = (list: number[]): number[] => {
    const mean = list.reduce((a, b) => a + b, 0) / list.length;
    return list.map((value) => value - mean);
  };
  const inner = (a: number[], b: number[]): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  const [a, b] = [less(k), less(l)];
  return inner(a, b) / Math.sqrt(inner(a, a) * inner(b, b));
}

test("lfc of two opposite samples of two classes is 1", async () => {
  assert.ok(Math.abs((await lfc(formulaInput(2, 1, 2, (i) => 2 * i - 1))) - 1) < 1e-15);
});

test("lfc agrees with the golden values", async () => {
  const { compared, worst, where } = await worstDifference(lfc, "lfc");
  assert.equal(compared, 27);
  assert.ok(worst <= 1, `${worst} tolerances off at ${where}`);
});

test("lfc equals its definition, tall and wide", async () => {
  for (const [samples, dimensions] of [
    [40, 3],
    [12, 30],
  ] as const) {
    for (let seed = 1; seed <= 10; seed++) {
      const input = cloudInput(samples, dimensions, 3, 2, seed);
      assert.ok(Math.abs((await lfc(input)) - plainLfc(input)) < 1e-12);
    }
  }
});

test("lfc does not know a common factor", async () => {
  const input = cloudInput(30, 4, 3, 2, 1);
  assert.ok(
    Math.abs((await lfc(mapFeatures(input, (value) => value * 2 ** 90))) - (await lfc(input))) < 1e-14,
  );
});

test("lfc refuses one class and constant features", async () => {
  await assert.rejects(
    lfc(formulaInput(4, 1, 1, (i) => i)),
    /lfc: at least 2 classes must have samples, got 1/,
  );
  await assert.rejects(lfc(formulaInput(4, 2, 2, () => 7)), /lfc: at least one feature must vary, none does/);
});
