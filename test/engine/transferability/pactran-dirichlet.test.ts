import assert from "node:assert/strict";
import { test } from "node:test";

import { matrix } from "../../../src/engine/matrix.js";
import { pactranDirichlet } from "../../../src/engine/transferability/pactran-dirichlet.js";
import { metricCase, worstDifference } from "../../support/metric-cases.js";

test("pactranDirichlet of one label and one source class is worked out by hand", async () => {
  const score = await pactranDirichlet({
    features: matrix(3, 1, new Float32Array(3)),
    labels: new Int32Array(3),
    classCount: 1,
    sourceProbabilities: matrix(3, 1, new Float32Array(3).fill(1)),
  });
  // One label, one source class: q = 1 throughout, a0 = 1, a = N + 1, lnG(a0) - lnG(a0) - lnG(a) + lnG(a) = 0.
  assert.ok(Math.abs(score) < 1e-9, String(score));
});

test("pactranDirichlet is minus the golden bound", async () => {
  const { compared, worst, where } = await worstDifference(pactranDirichlet, "pactranDirichlet", -1);
  assert.equal(compared, 27);
  assert.ok(worst <= 1, `${worst} tolerances off at ${where}`);
});

test("pactranDirichlet does not know the order of the samples", async () => {
  const input = metricCase("relu_n250_d48_c8");
  const { rows, columns, values } = input.sourceProbabilities!;
  const reversed = new Float32Array(values.length);
  for (let i = 0; i < rows; i++) {
    reversed.set(values.subarray(i * columns, (i + 1) * columns), (rows - 1 - i) * columns);
  }
  const mirrored = await pactranDirichlet({
    ...input,
    labels: Int32Array.from(input.labels).reverse(),
    sourceProbabilities: matrix(rows, columns, reversed),
  });
  assert.ok(Math.abs(mirrored - (await pactranDirichlet(input))) < 1e-12);
});

test("pactranDirichlet prefers source classes that tell the label", async () => {
  const input = metricCase("one_hot_source_n100_d8_c4");
  const perfect = new Float32Array(100 * 6);
  input.labels.forEach((label, i) => (perfect[i * 6 + label] = 1));
  const told = await pactranDirichlet({ ...input, sourceProbabilities: matrix(100, 6, perfect) });
  assert.ok(told > (await pactranDirichlet(input)));
});

test("pactranDirichlet stays finite when a class is far rarer than there are source classes", async () => {
  const rows = 60;
  const columns = 2000;
  const score = await pactranDirichlet({
    features: matrix(rows, 1, new Float32Array(rows)),
    labels: Int32Array.from({ length: rows }, (_, i) => (i === 0 ? 1 : 0)),
    classCount: 3,
    sourceProbabilities: matrix(rows, columns, new Float32Array(rows * columns).fill(1 / columns)),
  });
  assert.ok(Number.isFinite(score), String(score));
});

test("pactranDirichlet says what is wrong with its input", async () => {
  const { sourceProbabilities, ...bare } = metricCase("iris_raw");
  assert.ok(sourceProbabilities);
  await assert.rejects(
    pactranDirichlet(bare),
    /pactranDirichlet: source probabilities \[N, S\] are needed, got none/,
  );
});
