import assert from "node:assert/strict";
import { test } from "node:test";

import { matrix } from "../../../src/engine/matrix.js";
import type { MetricInput } from "../../../src/engine/transferability/metric.js";
import { presentClassesOnly } from "../../../src/engine/transferability/present-classes.js";
import {
  measure,
  type MetricEntry,
  type MetricName,
  METRICS,
} from "../../../src/engine/transferability/registry.js";
import { metricCase } from "../../support/metric-cases.js";
import { cloudInput, formulaInput, mapFeatures } from "../../support/synthetic-input.js";
import { fc } from "../../support/properties.js";

const names = Object.keys(METRICS) as MetricName[];

/** Even source probabilities for metrics that read them. */
function withProbabilities(input: MetricInput): MetricInput {
  const { rows } = input.features;
  const rowsOfThree = Float32Array.from(
    { length: rows * 3 },
    (_, i) => [0.5, 0.25, 0.25][(i + Math.floor(i / 3)) % 3]!,
  );
  return { ...input, sourceProbabilities: matrix(rows, 3, rowsOfThree) };
}

const base = cloudInput(40, 6, 4, 2, 1);
const hard: Record<string, MetricInput> = {
  "a class of one sample": { ...base, labels: base.labels.map((label, i) => (i === 7 ? 3 : label % 3)) },
  "a missing class": { ...base, labels: base.labels.map((label) => (label === 1 ? 2 : label)) },
  "one class": { ...base, labels: new Int32Array(40) },
  "classes of one sample each": cloudInput(6, 4, 6, 1, 2),
  "a constant feature": mapFeatures(base, (value, _, d) => (d === 2 ? 3.3 : value)),
  "constant features": mapFeatures(base, () => 0.1),
  zeros: mapFeatures(base, () => 0),
  "fewer samples than features": cloudInput(10, 50, 3, 1, 3),
  "repeated samples": formulaInput(40, 6, 4, (i, d) => Math.sin((i % 20) * 6 + d)),
  "repeated samples, fewer than features": formulaInput(12, 50, 3, (i, d) => Math.sin((i % 6) * 50 + d)),
  "repeated features": formulaInput(40, 6, 4, (i, d) => Math.sin(i * 6 + (d % 3))),
  "classes of equal samples": formulaInput(40, 6, 4, (i, d) => Math.sin((i % 4) * 6 + d)),
  "huge features": mapFeatures(base, (value) => value * 5e37),
  "tiny features": mapFeatures(base, (value) => value * 1e-38),
  "denormal features": mapFeatures(base, (value) => value * 1e-44),
  "features of unlike size": mapFeatures(base, (value, _, d) => value * 10 ** (d * 12 - 30)),
  "a large common offset": mapFeatures(base, (value) => value + 1e6),
  "two samples": cloudInput(2, 3, 2, 1, 4),
  "two samples of one feature": cloudInput(2, 1, 2, 1, 5),
};

for (const name of names) {
  test(`${name} is a finite number or a documented error on hard inputs`, async () => {
    for (const [what, input] of Object.entries(hard)) {
      try {
        const value = await measure(name, withProbabilities(input));
        assert.ok(Number.isFinite(value), `${value} for ${what}`);
      } catch (error) {
        assert.ok(error instanceof RangeError, `${what}: ${String(error)}`);
        assert.match(error.message, /^[a-zA-Z]+: .*(at least|must)/);
      }
    }
  });
}

test("every metric gives the same value for renamed classes", async () => {
  const input = withProbabilities(cloudInput(48, 5, 4, 2, 6));
  const renamed = { ...input, labels: input.labels.map((label) => [2, 0, 3, 1][label]!) };
  for (const name of names.filter((name) => name !== "LINEAR_PROBE")) {
    // The probe's folds are dealt class by class.
    const [value, again] = [await measure(name, input), await measure(name, renamed)];
    assert.ok(
      Math.abs(value - again) <= 1e-9 * Math.max(1, Math.abs(value)),
      `${name}: ${value} and ${again}`,
    );
  }
});

test("every metric but the energy prefers classes apart to classes mixed", async () => {
  const apart = withProbabilities(cloudInput(120, 4, 3, 12, 7));
  const mixed = withProbabilities(cloudInput(120, 4, 3, 0.5, 7));
  for (const name of names) {
    if (METRICS[name].needsProbabilities || name === "ETRAN_ENERGY") continue;
    const [better, worse] = [await measure(name, apart), await measure(name, mixed)];
    assert.ok(better > worse, `${name}: ${better} and ${worse}`);
  }
});

test("a metric's value does not depend on which metrics were measured before", async () => {
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray(names, { minLength: 3 }), async (order) => {
      const shared = withProbabilities(cloudInput(24, 3, 3, 2, 8));
      for (const name of order) {
        const alone = await measure(name, { ...shared });
        assert.equal(await measure(name, shared), alone, name);
      }
    }),
    { numRuns: 6 },
  );
});

test("presentClassesOnly numbers the classes anew, once per input, and leaves complete inputs alone", () => {
  const gap = metricCase("missing_class_n90_d10_c4");
  const present = presentClassesOnly("test", gap);
  assert.equal(present.classCount, 3);
  assert.deepEqual(new Set(present.labels), new Set([0, 1, 2]));
  assert.equal(presentClassesOnly("test", gap), present);
  assert.equal(presentClassesOnly("test", base), base);
});

test("measure asks for source probabilities where a metric needs them", async () => {
  for (const name of names) {
    const entry: MetricEntry = METRICS[name];
    if (!entry.needsProbabilities) continue;
    await assert.rejects(
      measure(name, base),
      new RegExp(`measure: ${name} needs the PTM's source probabilities`),
    );
  }
});

test("measure names itself when the input is broken", async () => {
  await assert.rejects(
    measure("LFC", { ...base, classCount: 0 }),
    /measure: classCount must be an integer >= 1, got 0/,
  );
});
