import assert from "node:assert/strict";
import { test } from "node:test";

import { matrix } from "../../../src/engine/matrix.js";
import type { MetricInput } from "../../../src/engine/transferability/metric.js";
import {
  pactranGaussian,
  pactranGaussianOptimum,
} from "../../../src/engine/transferability/pactran-gaussian.js";
import { metricCase, worstDifference } from "../../support/metric-cases.js";

test("pactranGaussianOptimum of features without any signal is minus the entropy of the labels", async () => {
  // Each label sees both feature values equally often: no weight helps.
  const input = {
    features: matrix(6, 1, Float32Array.of(-1, 1, -1, 1, -1, 1)),
    labels: Int32Array.of(0, 0, 0, 0, 1, 1),
    classCount: 2,
  };
  const entropy = -(Math.log(2 / 3) * 2 + Math.log(1 / 3)) / 3;
  assert.ok(Math.abs((await pactranGaussianOptimum(input, 1)) + entropy) < 1e-12);
});

test("pactranGaussianOptimum of two opposite samples solves its one equation", async () => {
  // Weights (-w, w), no bias: the loss log(1 + exp(-2 w)) + w^2 / 2 (lambda N = 2) is least where w (1 + exp(2 w)) = 2.
  let w = 0.5;
  for (let i = 0; i < 200; i++) w = 0.5 * w + 1 / (1 + Math.exp(2 * w));
  const expected = Math.log(1 + Math.exp(-2 * w)) + w ** 2 / 2;
  const input = {
    features: matrix(2, 1, Float32Array.of(-1, 1)),
    labels: Int32Array.of(0, 1),
    classCount: 2,
  };
  const score = await pactranGaussianOptimum(input, 1);
  assert.ok(Math.abs(score + expected) < 1e-10, `${score} instead of ${-expected}`);
});

for (const lambda of [0.1, 1, 10]) {
  test(`pactranGaussianOptimum is minus the golden optimum for lambda ${lambda}`, async () => {
    const metric = (input: MetricInput): Promise<number> => pactranGaussianOptimum(input, lambda);
    const { compared, worst, where } = await worstDifference(metric, `pactranGaussOpt.lda${lambda}`, -1);
    assert.equal(compared, 24);
    assert.ok(worst <= 1, `${worst} tolerances off at ${where}`);
  });

  // The published code has a second flatness, ten times this one, which enters the bound as a factor only.
  test(`pactranGaussian is minus the golden bound for lambda ${lambda}`, async () => {
    const flatness = 10 * lambda;
    const metric = (input: MetricInput): Promise<number> => pactranGaussian(input, { lambda, flatness });
    const { compared, worst, where } = await worstDifference(
      metric,
      `pactranGauss${flatness}.lda${lambda}`,
      -1,
    );
    assert.equal(compared, 24);
    assert.ok(worst <= 1, `${worst} tolerances off at ${where}`);
  });
}

test("pactranGaussian does not count a class without samples", async () => {
  const input = metricCase("missing_class_n90_d10_c4");
  const closed = {
    ...input,
    labels: input.labels.map((label) => (label === 0 ? 0 : label - 1)),
    classCount: 3,
  };
  assert.equal(await pactranGaussian(input), await pactranGaussian(closed));
});

test("pactranGaussian does not know where the origin of the features lies", async () => {
  const input = metricCase("iris_raw");
  const { rows, columns, values } = input.features;
  const moved = {
    ...input,
    features: matrix(
      rows,
      columns,
      values.map((value) => value + 16),
    ),
  }; // rounds at 1e-6
  assert.ok(Math.abs((await pactranGaussian(moved)) - (await pactranGaussian(input))) < 1e-5);
});

test("pactranGaussianOptimum grows with the room that the prior leaves", async () => {
  const input = metricCase("random_labels_n200_d16_c5");
  const scores = await Promise.all(
    [0.01, 0.1, 1, 10, 100].map((lambda) => pactranGaussianOptimum(input, lambda)),
  );
  assert.deepEqual(
    scores,
    scores.toSorted((a, b) => a - b),
  );
});

test("pactranGaussian says what is wrong with its input", async () => {
  const input = metricCase("iris_raw");
  await assert.rejects(pactranGaussian(input, { lambda: 0 }), /pactranGaussian: lambda must be > 0, got 0/);
  await assert.rejects(
    pactranGaussian(input, { flatness: -1 }),
    /pactranGaussian: flatness must be > 0, got -1/,
  );
  await assert.rejects(
    pactranGaussianOptimum({ ...input, features: matrix(150, 1, new Float32Array(150)) }),
    /pactranGaussianOptimum: at least one feature must vary/,
  );
  await assert.rejects(
    pactranGaussian({ ...input, labels: new Int32Array(150) }),
    /pactranGaussian: at least 2 classes must have samples, got 1/,
  );
});
