import assert from "node:assert/strict";
import { test } from "node:test";

import { matrix } from "../../../src/engine/matrix.js";
import { kNn } from "../../../src/engine/transferability/k-nn.js";
import type { MetricInput } from "../../../src/engine/transferability/metric.js";
import { metricCase } from "../../support/metric-cases.js";
import { fc } from "../../support/properties.js";

function line(positions: number[], labels: number[], classCount = 2): MetricInput {
  return {
    features: matrix(positions.length, 1, Float32Array.from(positions)),
    labels: Int32Array.from(labels),
    classCount,
  };
}

/** The rule as it is written down: all distances, sorted by distance and index. */
function plainKNn({ features, labels }: MetricInput, k: number): number {
  let correct = 0;
  for (let i = 0; i < features.rows; i++) {
    const others = Array.from({ length: features.rows }, (_, j) => {
      let distance = 0;
      for (let d = 0; d < features.columns; d++) {
        distance +=
          (features.values[i * features.columns + d]! - features.values[j * features.columns + d]!) ** 2;
      }
      return { j, distance };
    }).filter(({ j }) => j !== i);
    others.sort((a, b) => a.distance - b.distance || a.j - b.j);
    const votes = new Map<number, number>();
    for (const { j } of others.slice(0, k)) votes.set(labels[j]!, (votes.get(labels[j]!) ?? 0) + 1);
    const most = Math.max(...votes.values());
    const winner = Array.from(votes).find(([, count]) => count === most)![0];
    if (winner === labels[i]) correct++;
  }
  return correct / features.rows;
}

test("kNn counts the samples whose nearest neighbour shares their label", async () => {
  assert.equal(await kNn(line([0, 1, 5, 6], [0, 0, 1, 1]), 1), 1);
  assert.equal(await kNn(line([0, 1, 5, 6], [0, 1, 0, 1]), 1), 0);
  assert.equal(await kNn(line([0, 1, 5, 6], [0, 0, 0, 1]), 1), 0.75 - 0.25); // 5 is nearest to 6, and 6 to 5
});

test("kNn prefers the lower index among equal distances", async () => {
  // Sample 1 lies between 0 and 2, equally far; 0 shares its label, and the two ends have sample 1 as nearest.
  assert.equal(await kNn(line([0, 1, 2], [0, 0, 1]), 1), 2 / 3);
});

test("kNn gives a tied vote to the label of the nearest neighbour", async () => {
  // With k = 2 each sample hears one vote for each label, or two for one: only the nearest decides the ties.
  assert.equal(await kNn(line([0, 1, 3, 7], [0, 0, 1, 1]), 2), plainKNn(line([0, 1, 3, 7], [0, 0, 1, 1]), 2));
  assert.equal(await kNn(line([0, 1, 3], [0, 0, 1]), 2), 2 / 3);
});

test("kNn asks at most all other samples", async () => {
  assert.equal(await kNn(line([0, 1, 2, 9], [0, 0, 0, 1]), 50), 0.75);
});

test("kNn equals the plain rule, ties and far origins included", async () => {
  const arbitrary = fc.record({
    positions: fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 2, maxLength: 24 }),
    origin: fc.constantFrom(0, 1000, 100_000),
    k: fc.integer({ min: 1, max: 7 }),
  });
  await fc.assert(
    fc.asyncProperty(arbitrary, async ({ positions, origin, k }) => {
      const samples = Math.floor(positions.length / 2);
      if (samples < 2) return;
      const features = matrix(
        samples,
        2,
        Float32Array.from(positions.slice(0, 2 * samples), (x) => x / 8 + origin),
      );
      const labels = Int32Array.from({ length: samples }, (_, i) => (i * 5) % 3);
      const input = { features, labels, classCount: 3 };
      assert.equal(await kNn(input, k), plainKNn(input, k));
    }),
    { numRuns: 200 },
  );
});

test("kNn equals the plain rule on real features", async () => {
  for (const name of [
    "digits_mlp_even_on_odd",
    "duplicated_rows_n160_d10_c4",
    "large_scale_n100_d8_c3",
    "wide_n80_d256_c5",
  ]) {
    const input = metricCase(name);
    assert.equal(await kNn(input), plainKNn(input, 5), name);
  }
});

test("kNn says what is wrong with its input", async () => {
  const input = line([0, 1, 2], [0, 0, 1]);
  await assert.rejects(kNn(input, 0), /kNn: neighbours must be an integer >= 1, got 0/);
  await assert.rejects(kNn(input, 1.5), /kNn: neighbours must be an integer >= 1, got 1.5/);
  await assert.rejects(kNn(line([1], [0])), /kNn: expected at least 2 samples/);
});
