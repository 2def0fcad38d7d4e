import assert from "node:assert/strict";
import { test } from "node:test";

import { matrix } from "../../../src/engine/matrix.js";
import {
  logMe,
  logMeMaximum,
  logMeMaximumRegression,
  logMeRegression,
  type RegressionInput,
} from "../../../src/engine/transferability/log-me.js";
import { maximumEvidence } from "../../../src/engine/transferability/maximum-evidence.js";
import { metricCase, readCases, worstDifference } from "../../support/metric-cases.js";
import { cloudInput, formulaInput, mapFeatures, reordered } from "../../support/synthetic-input.js";
import { fc } from "../../support/properties.js";

interface RegressionCase {
  readonly name: string;
  readonly n: number;
  readonly d: number;
  readonly outputs: number;
  readonly features: number[];
  readonly targets: number[];
  readonly expected: Record<string, { value: number; tolerance: number }>;
}

test("logMeMaximumRegression without signal is the evidence of noise alone", async () => {
  // Feature and target are orthogonal: alpha grows without bound and L = -N/2 (1 + log 2 pi + log(|v|^2 / N)).
  const score = await logMeMaximumRegression({
    features: matrix(2, 1, Float32Array.of(1, 1)),
    targets: matrix(2, 1, Float32Array.of(1, -1)),
  });
  assert.ok(Math.abs(score + (1 + Math.log(2 * Math.PI)) / 2) < 1e-12, String(score));
});

test("maximumEvidence of features that interpolate is its limit without noise", () => {
  // N = 2 directions with s^2 = 1 and 4, x^2 = 1 and 4: L(t -> 0) = log(2 / (1 + 1)) - log(4)/2, less the constants.
  const score = maximumEvidence({
    samples: 2,
    dimensions: 2,
    squaredSingular: Float64Array.of(1, 4),
    energies: Float64Array.of(1, 4),
    unexplained: 0,
    total: 5,
  });
  const limit = -Math.log(2) / 2 - (1 + Math.log(2 * Math.PI)) / 2;
  assert.ok(score >= limit - 1e-12, `${score} is below ${limit}`);
});

test("logMe agrees with the golden values", async () => {
  const { compared, worst, where } = await worstDifference(logMe, "logME");
  assert.equal(compared, 27);
  assert.ok(worst <= 1, `${worst} tolerances off at ${where}`);
});

test("logMeMaximum agrees with the golden values", async () => {
  const { compared, worst, where } = await worstDifference(logMeMaximum, "logMEMaximum");
  assert.equal(compared, 26); // undefined for the case with a missing class
  assert.ok(worst <= 1, `${worst} tolerances off at ${where}`);
});

for (const content of readCases<RegressionCase>("logme_regression")) {
  test(`logMe of a regression agrees with the golden values of ${content.name}`, async () => {
    const input: RegressionInput = {
      features: matrix(content.n, content.d, Float32Array.from(content.features)),
      targets: matrix(content.n, content.outputs, Float32Array.from(content.targets)),
    };
    for (const [key, actual] of [
      ["logME", await logMeRegression(input)],
      ["logMEMaximum", await logMeMaximumRegression(input)],
    ] as const) {
      const { value, tolerance } = content.expected[key]!;
      assert.ok(Math.abs(actual - value) <= tolerance, `${key}: ${actual} instead of ${value}`);
    }
  });
}

test("maximumEvidence is at least the evidence at any alpha and beta", () => {
  const positive = fc.double({ min: 1e-3, max: 1e3, noNaN: true });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(positive, positive), { minLength: 1, maxLength: 6 }),
      positive,
      positive,
      positive,
      (directions, unexplained, alpha, beta) => {
        const squaredSingular = Float64Array.from(directions, ([squared]) => squared).sort();
        const energies = Float64Array.from(directions, ([, energy]) => energy);
        const samples = directions.length + 3;
        const t = alpha / beta;
        let weights = 0;
        let residual = unexplained;
        let logDeterminant = 2 * Math.log(alpha); // two null directions
        squaredSingular.forEach((squared, j) => {
          weights += (squared * energies[j]!) / (squared + t) ** 2;
          residual += energies[j]! * (t / (squared + t)) ** 2;
          logDeterminant += Math.log(alpha + beta * squared);
        });
        const evidence =
          (samples * Math.log(beta) +
            (directions.length + 2) * Math.log(alpha) -
            samples * Math.log(2 * Math.PI) -
            beta * residual -
            alpha * weights -
            logDeterminant) /
          (2 * samples);
        const total = energies.reduce((a, b) => a + b, unexplained);
        const terms = {
          samples,
          dimensions: directions.length + 2,
          squaredSingular,
          energies,
          unexplained,
          total,
        };
        const maximum = maximumEvidence(terms);
        assert.ok(maximum >= evidence - 1e-9, `${maximum} is below ${evidence}`);
      },
    ),
  );
});

test("logMeMaximum does not know a common factor, a rotation or the order of samples", async () => {
  const input = cloudInput(60, 2, 3, 3, 1);
  const score = await logMeMaximum(input);
  const scaled = await logMeMaximum(mapFeatures(input, (value) => 1024 * value));
  assert.ok(Math.abs(scaled - score) < 1e-9, `${scaled} instead of ${score}`);
  const { values } = input.features;
  const swapped = mapFeatures(input, (_, i, d) => (d === 0 ? -values[2 * i + 1]! : values[2 * i]!));
  assert.ok(Math.abs((await logMeMaximum(swapped)) - score) < 1e-12);
  const backwards = reordered(
    input,
    Array.from({ length: 60 }, (_, i) => 59 - i),
  );
  assert.ok(Math.abs((await logMeMaximum(backwards)) - score) < 1e-12);
  assert.ok((await logMe(input)) <= score + 1e-6);
});

test("logMe counts null directions: dead units lower nothing but the log-determinant's share of alpha", async () => {
  const input = metricCase("gauss_n60_d8_c2");
  const { rows, columns, values } = input.features;
  const wider = new Float32Array(rows * (columns + 3));
  for (let i = 0; i < rows; i++) {
    wider.set(values.subarray(i * columns, (i + 1) * columns), i * (columns + 3));
  }
  const padded = { ...input, features: matrix(rows, columns + 3, wider) };
  assert.ok(Math.abs((await logMe(padded)) - (await logMe(input))) < 1e-10);
  assert.ok(Math.abs((await logMeMaximum(padded)) - (await logMeMaximum(input))) < 1e-12);
});

test("logMe of an exact fit is finite and above any other", async () => {
  const exact = await logMeMaximum(formulaInput(40, 2, 2, (i, d) => (i % 2 === d ? 1 : 0)));
  const blurred = await logMeMaximum(formulaInput(40, 2, 2, (i, d) => (i % 2 === d ? 1 : 0) + (i % 7) / 100));
  assert.ok(Number.isFinite(exact) && exact > blurred, `${exact} and ${blurred}`);
});

test("logMe says what is wrong with its input", async () => {
  const input = cloudInput(10, 3, 2, 1, 1);
  await assert.rejects(
    logMe({ ...input, labels: Int32Array.of(0, 1, 12, 0, 1, 0, 1, 0, 1, 0) }),
    /logMe: labels must be integers in \[0, 2\), got 12 at index 2/,
  );
  await assert.rejects(
    logMe({ ...input, labels: new Int32Array(9) }),
    /logMe: expected one label a sample, got 9 for 10/,
  );
  await assert.rejects(
    logMe(mapFeatures(input, (value, i) => (i === 1 ? NaN : value))),
    /logMe: every value must be finite, got NaN at index 3/,
  );
  await assert.rejects(
    logMeMaximum(mapFeatures(input, () => 0)),
    /logMeMaximum: at least one feature must differ from zero/,
  );
  const features = matrix(2, 1, Float32Array.of(1, 2));
  await assert.rejects(
    logMeRegression({ features, targets: matrix(1, 1, Float32Array.of(1)) }),
    /logMeRegression: expected targets of shape 2 x 1 or more, got 1 x 1/,
  );
  await assert.rejects(
    logMeRegression({ features, targets: matrix(2, 1, Float32Array.of(1, Infinity)) }),
    /logMeRegression: every target must be finite, got Infinity at index 1/,
  );
  await assert.rejects(
    logMeMaximumRegression({ features, targets: matrix(2, 1, new Float32Array(2)) }),
    /logMeMaximumRegression: every target must differ from zero, output 0 is all zero/,
  );
});
