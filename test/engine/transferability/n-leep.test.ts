import assert from "node:assert/strict";
import { test } from "node:test";

import { matrix } from "../../../src/engine/matrix.js";
import type { MetricInput } from "../../../src/engine/transferability/metric.js";
import { nLeep } from "../../../src/engine/transferability/n-leep.js";
import { metricCase, readCases } from "../../support/metric-cases.js";

interface NLeepCase {
  readonly name: string;
  readonly n: number;
  readonly d: number;
  readonly classes: number;
  readonly features: number[];
  readonly labels: number[];
  readonly expected: { readonly nleepRandomInit: { readonly min: number; readonly max: number } };
}

function inputOf({ n, d, classes, features, labels }: NLeepCase): MetricInput {
  return {
    features: matrix(n, d, Float32Array.from(features)),
    labels: Int32Array.from(labels),
    classCount: classes,
  };
}

test("nLeep is 0 when every class is a cluster of its own", async () => {
  const separated = readCases<NLeepCase>("nleep").find(({ name }) => name === "nleep_separated_n40_c5")!;
  assert.ok(Math.abs(await nLeep(inputOf(separated))) < 1e-12);
});

test("nLeep averages over seeds to what the public version gives over its own seeds", async () => {
  for (const content of readCases<NLeepCase>("nleep")) {
    const input = inputOf(content);
    let mean = 0;
    for (let seed = 0; seed < 5; seed++) mean += (await nLeep(input, seed)) / 5;
    const { min, max } = content.expected.nleepRandomInit;
    assert.ok(mean >= min - 1e-9 && mean <= max + 1e-9, `${content.name}: ${mean} outside [${min}, ${max}]`);
  }
});

test("nLeep gives the same value for the same seed", async () => {
  const input = metricCase("digits_mlp_even_on_odd");
  assert.equal(await nLeep(input, 7), await nLeep({ ...input }, 7));
});

test("nLeep is finite on missing and single-sample classes, duplicated rows, n < D and small features", async () => {
  for (const name of [
    "missing_class_n90_d10_c4",
    "singleton_class_n60_d8_c4",
    "duplicated_rows_n160_d10_c4",
    "constant_feature_n150_d12_c3",
    "wide_n60_d128_c4",
    "large_scale_n100_d8_c3",
    "small_scale_n100_d8_c3",
    "rank_deficient_n150_d20_c4",
  ]) {
    const input = metricCase(name);
    const score = await nLeep(input);
    assert.ok(score <= 1e-12 && score >= -Math.log(input.classCount), `${name}: ${score}`);
  }
});

test("nLeep accepts two samples", async () => {
  const input = { features: matrix(2, 1, Float32Array.of(0, 1)), labels: Int32Array.of(0, 1), classCount: 2 };
  assert.ok(Math.abs((await nLeep(input)) + Math.log(2)) < 1e-12); // one component knows nothing
});

test("nLeep says what is wrong with its input", async () => {
  const labels = Int32Array.of(0, 1, 0);
  await assert.rejects(
    nLeep({ features: matrix(3, 2, new Float32Array(6).fill(4)), labels, classCount: 2 }),
    /nLeep: at least one feature must vary/,
  );
  await assert.rejects(
    nLeep({ features: matrix(3, 1, Float32Array.of(1, 2, NaN)), labels, classCount: 2 }),
    /nLeep: every value must be finite, got NaN at index 2/,
  );
});
