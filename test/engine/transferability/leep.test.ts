import assert from "node:assert/strict";
import { test } from "node:test";

import { matrix } from "../../../src/engine/matrix.js";
import { leep } from "../../../src/engine/transferability/leep.js";
import { nce } from "../../../src/engine/transferability/nce.js";
import { metricCase, worstDifference } from "../../support/metric-cases.js";
import { fc } from "../../support/properties.js";

test("leep of two samples is worked out by hand", async () => {
  // Columns sum to 1.25 and 0.75; P(0|0) = 0.6, P(0|1) = 1/3, P(1|0) = 0.4, P(1|1) = 2/3.
  const score = await leep({
    features: matrix(2, 1, new Float32Array(2)),
    labels: Int32Array.of(0, 1),
    classCount: 2,
    sourceProbabilities: matrix(2, 2, Float32Array.of(0.75, 0.25, 0.5, 0.5)),
  });
  const expected = (Math.log(0.75 * 0.6 + 0.25 / 3) + Math.log(0.5 * 0.4 + 0.5 * (2 / 3))) / 2;
  assert.ok(Math.abs(score - expected) < 1e-15, `${score} instead of ${expected}`);
});

test("leep agrees with the golden values", async () => {
  const { compared, worst, where } = await worstDifference(leep, "leep");
  assert.equal(compared, 27);
  assert.ok(worst <= 1, `${worst} tolerances off at ${where}`);
});

test("leep equals nce for one-hot source probabilities", async () => {
  const input = metricCase("one_hot_source_n100_d8_c4");
  assert.ok(Math.abs((await leep(input)) - (await nce(input))) < 1e-12);
});

test("leep skips a source class without mass", async () => {
  const input = metricCase("gauss_n120_d16_c4");
  const { rows, columns, values } = input.sourceProbabilities!;
  const wider = new Float32Array(rows * (columns + 1));
  for (let i = 0; i < rows; i++) {
    wider.set(values.subarray(i * columns, (i + 1) * columns), i * (columns + 1) + 1);
  }
  const padded = { ...input, sourceProbabilities: matrix(rows, columns + 1, wider) };
  assert.equal(await leep(padded), await leep(input));
});

test("leep lies between minus log C and 0, and does not know the order of the samples", async () => {
  const sample = fc.record({
    label: fc.nat(2),
    row: fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 4, maxLength: 4 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(sample, { minLength: 1, maxLength: 20 }), async (samples) => {
      const inputOf = (order: typeof samples) => ({
        features: matrix(order.length, 1, new Float32Array(order.length)),
        labels: Int32Array.from(order, ({ label }) => label),
        classCount: 3,
        sourceProbabilities: matrix(
          order.length,
          4,
          Float32Array.from(
            order.flatMap(({ row }) => {
              const sum = row.reduce((a, b) => a + b);
              return row.map((weight) => weight / sum);
            }),
          ),
        ),
      });
      const score = await leep(inputOf(samples));
      const slack = 1e-6; // a row of float32 quotients sums to 1 within this
      assert.ok(score <= slack && score >= -Math.log(3) - slack, String(score));
      assert.ok(Math.abs(score - (await leep(inputOf([...samples].reverse())))) < 1e-12);
    }),
  );
});

test("leep says what is wrong with its input", async () => {
  const input = metricCase("iris_raw");
  const { sourceProbabilities, ...bare } = input;
  assert.ok(sourceProbabilities);
  await assert.rejects(leep(bare), /leep: source probabilities \[N, S\] are needed, got none/);
  const broken = Float32Array.from(sourceProbabilities.values);
  broken[7] = NaN;
  await assert.rejects(
    leep({ ...input, sourceProbabilities: { ...sourceProbabilities, values: broken } }),
    /leep: source probabilities must be >= 0, got NaN in row 1, column 2/,
  );
});
