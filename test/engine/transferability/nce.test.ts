import assert from "node:assert/strict";
import { test } from "node:test";

import { matrix } from "../../../src/engine/matrix.js";
import { nce } from "../../../src/engine/transferability/nce.js";
import { metricCase, worstDifference } from "../../support/metric-cases.js";

const features = matrix(4, 1, new Float32Array(4));

test("nce of predictions that split one class evenly is worked out by hand", async () => {
  // Source class 0 holds labels 0, 0, 1; source class 1 holds label 1: (2 log 2/3 + log 1/3) / 4.
  const sourceProbabilities = matrix(4, 2, Float32Array.of(0.9, 0.1, 0.8, 0.2, 0.6, 0.4, 0.2, 0.8));
  const score = await nce({
    features,
    labels: Int32Array.of(0, 0, 1, 1),
    classCount: 2,
    sourceProbabilities,
  });
  assert.ok(Math.abs(score - (2 * Math.log(2 / 3) + Math.log(1 / 3)) / 4) < 1e-15);
});

test("nce is 0 when the predicted class tells the label", async () => {
  const sourceProbabilities = matrix(4, 3, Float32Array.of(1, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 1));
  assert.equal(
    await nce({ features, labels: Int32Array.of(1, 1, 0, 0), classCount: 2, sourceProbabilities }),
    0,
  );
});

test("nce gives equal maxima to the lower source class", async () => {
  const labels = Int32Array.of(0, 0, 1, 1);
  const tied = matrix(4, 2, Float32Array.of(0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5));
  const score = await nce({ features, labels, classCount: 2, sourceProbabilities: tied });
  assert.ok(Math.abs(score + Math.log(2)) < 1e-15);
});

test("nce agrees with the golden values", async () => {
  const { compared, worst, where } = await worstDifference(nce, "nce");
  assert.equal(compared, 27);
  assert.ok(worst <= 1, `${worst} tolerances off at ${where}`);
});

test("nce does not change when labels or source classes are renamed", async () => {
  const input = metricCase("imbalanced_n240_d24_c6");
  const { rows, columns, values } = input.sourceProbabilities!;
  const renamed = {
    ...input,
    labels: input.labels.map((label) => 5 - label),
    sourceProbabilities: matrix(
      rows,
      columns,
      values.map((_, at) => values[at - (at % columns) + columns - 1 - (at % columns)]!),
    ),
  };
  assert.ok(Math.abs((await nce(input)) - (await nce(renamed))) < 1e-14);
});

test("nce says what is wrong with its input", async () => {
  const sourceProbabilities = matrix(4, 2, Float32Array.of(0.9, 0.1, 0.8, 0.2, 0.6, 0.4, 0.2, 0.8));
  const labels = Int32Array.of(0, 0, 1, 1);
  await assert.rejects(
    nce({ features, labels, classCount: 2 }),
    /nce: source probabilities \[N, S\] are needed, got none/,
  );
  await assert.rejects(
    nce({ features, labels, classCount: 1, sourceProbabilities }),
    /nce: labels must be integers in \[0, 1\), got 1 at index 2/,
  );
  await assert.rejects(
    nce({ features, labels: labels.subarray(1), classCount: 2, sourceProbabilities }),
    /nce: expected one label a sample, got 3 for 4/,
  );
  await assert.rejects(
    nce({ features, labels, classCount: 0, sourceProbabilities }),
    /nce: classCount must be an integer >= 1, got 0/,
  );
  const negative = matrix(4, 2, Float32Array.of(0.9, 0.1, 1.5, -0.5, 0.6, 0.4, 0.2, 0.8));
  await assert.rejects(
    nce({ features, labels, classCount: 2, sourceProbabilities: negative }),
    /nce: source probabilities must be >= 0, got -0.5 in row 1, column 1/,
  );
  const logits = matrix(4, 2, Float32Array.of(0.9, 0.1, 0.8, 0.2, 3, 4, 0.2, 0.8));
  await assert.rejects(
    nce({ features, labels, classCount: 2, sourceProbabilities: logits }),
    /nce: source probabilities of a row must sum to 1, got 7 in row 2/,
  );
  const empty = matrix(0, 2, new Float32Array(0));
  await assert.rejects(
    nce({ features, labels: new Int32Array(0), classCount: 2, sourceProbabilities: empty }),
    /nce: at least one sample is needed, got 0/,
  );
});
