import assert from "node:assert/strict";
import { test } from "node:test";

import { matrix } from "../../../src/engine/matrix.js";
import type { MetricInput } from "../../../src/engine/transferability/metric.js";
import { parc } from "../../../src/engine/transferability/parc.js";
import { metricCase, worstDifference } from "../../support/metric-cases.js";

function withFeatures(input: MetricInput, map: (value: number, column: number) => number): MetricInput {
  const { rows, columns, values } = input.features;
  return {
    ...input,
    features: matrix(
      rows,
      columns,
      values.map((value, at) => map(value, at % columns)),
    ),
  };
}

/** Two pairs of equal samples that point in opposite directions: distances 0, 0 within and 2 four times between them. */
const twoPairs = matrix(4, 2, Float32Array.of(0, 1, 0, 1, 1, 0, 1, 0));

test("parc is 100 when exactly the samples of a class are equal", async () => {
  const score = await parc({ features: twoPairs, labels: Int32Array.of(0, 0, 1, 1), classCount: 2 });
  assert.ok(Math.abs(score - 100) < 1e-12, String(score));
});

test("parc of one class of two and two classes of one is worked out by hand", async () => {
  // Ranks minus their mean: -2 for the two distances of 0, 1 for the four of 2; squares sum to 12. Five of six pairs
  // differ in label, all but one of the zeros: (-2 + 4) / sqrt(12 * 1 * 5 / 6).
  const score = await parc({ features: twoPairs, labels: Int32Array.of(0, 0, 1, 2), classCount: 3 });
  assert.ok(Math.abs(score - 200 / Math.sqrt(10)) < 1e-12, String(score));
});

test("parc is 0 when either kind of pair is as far apart", async () => {
  assert.equal(await parc({ features: twoPairs, labels: Int32Array.of(0, 0, 0, 1), classCount: 2 }), 0);
});

test("parc agrees with the golden values", async () => {
  const { compared, worst, where } = await worstDifference(parc, "parc");
  assert.equal(compared, 27);
  assert.ok(worst <= 1, `${worst} tolerances off at ${where}`);
});

test("parc does not change with the scale and origin of a feature", async () => {
  const input = metricCase("gauss_n120_d16_c4");
  const moved = withFeatures(input, (value, column) => value * 2 ** (column - 8)); // exact in float32
  assert.ok(Math.abs((await parc(moved)) - (await parc(input))) < 1e-9);
});

test("parc ignores a constant feature", async () => {
  const input = metricCase("iris_raw");
  const { rows, columns, values } = input.features;
  const wider = new Float32Array(rows * (columns + 1)).fill(0.1);
  for (let i = 0; i < rows; i++)
    wider.set(values.subarray(i * columns, (i + 1) * columns), i * (columns + 1));
  // A z-score of 0 in every row still takes part in the row's mean: compare with an explicit zero column instead.
  const zeros = wider.map((value, at) => (at % (columns + 1) === columns ? 0 : value));
  const constant = await parc({ ...input, features: matrix(rows, columns + 1, wider) });
  assert.equal(constant, await parc({ ...input, features: matrix(rows, columns + 1, zeros) }));
});

test("parc keeps equal samples exactly 0 apart", async () => {
  const input = metricCase("wine_standardised");
  const { rows, columns, values } = input.features;
  const doubled = new Float32Array(2 * values.length);
  doubled.set(values);
  doubled.set(values, values.length);
  const labels = Int32Array.from([...input.labels, ...input.labels]);
  const order = Int32Array.from({ length: 2 * rows }, (_, i) => (i * 7) % (2 * rows)); // 356 is no multiple of 7
  const shuffled = Float32Array.from({ length: doubled.length }, (_, at) => {
    return doubled[order[Math.floor(at / columns)]! * columns + (at % columns)]!;
  });
  const score = await parc({ features: matrix(2 * rows, columns, doubled), labels, classCount: 3 });
  const other = await parc({
    features: matrix(2 * rows, columns, shuffled),
    labels: order.map((i) => labels[i]!),
    classCount: 3,
  });
  assert.ok(Math.abs(score - other) < 1e-4, `${score} and ${other}`); // near ties, not equal samples, may swap
});

test("parc of more samples than its limit draws a subset that its seed decides", async () => {
  const input = metricCase("gauss_n300_d64_c10");
  const options = { maximumSamples: 150 };
  assert.equal(await parc(input, options), await parc({ ...input }, options));
  assert.notEqual(await parc(input, options), await parc(input, { ...options, seed: 1 }));
  assert.ok(Math.abs((await parc(input, options)) - (await parc(input))) < 5);
});

test("parc says why it is undefined", async () => {
  const features = matrix(3, 2, Float32Array.of(1, 2, 3, 5, 4, 1));
  await assert.rejects(
    parc({ features, labels: new Int32Array(3), classCount: 2 }),
    /parc: at least 2 classes must have samples, got 1/,
  );
  await assert.rejects(
    parc({ features, labels: Int32Array.of(0, 1, 2), classCount: 3 }),
    /parc: at least two samples must share a class, got none/,
  );
  const labels = Int32Array.of(0, 0, 1);
  const one = matrix(3, 1, Float32Array.of(1, 2, 3));
  await assert.rejects(parc({ features: one, labels, classCount: 2 }), /parc: distances must differ/);
  await assert.rejects(
    parc({ features, labels, classCount: 2 }, { maximumSamples: 2 }),
    /parc: maximumSamples must be at least 3, got 2/,
  );
});
