import assert from "node:assert/strict";
import { test } from "node:test";

import { digamma, logGamma } from "../../../src/engine/linalg/special-functions.js";
import { fc } from "../../support/properties.js";

function near(actual: number, expected: number, tolerance: number): void {
  const difference = Math.abs(actual - expected) / Math.max(1, Math.abs(expected));
  assert.ok(difference <= tolerance, `${actual} instead of ${expected}: relative difference ${difference}`);
}

test("logGamma of an integer is the logarithm of a factorial", () => {
  near(logGamma(1), 0, 1e-14);
  near(logGamma(2), 0, 1e-14);
  near(logGamma(5), Math.log(24), 1e-15);
  near(logGamma(171), 706.573_062_245_787_4, 1e-15);
});

test("logGamma and digamma have the values of scipy.special", () => {
  // scipy 1.17.1: gammaln, psi
  near(logGamma(0.5), 0.572_364_942_924_700_1, 1e-14);
  near(logGamma(1e-10), 23.025_850_929_882_73, 1e-14);
  near(logGamma(3.75), 1.486_815_578_593_417_2, 1e-14);
  near(logGamma(2000.25), 13_200.823_626_792_197, 1e-14);
  near(digamma(0.5), -1.963_510_026_021_423_3, 1e-14);
  near(digamma(1e-10), -10_000_000_000.577_215, 1e-15);
  near(digamma(1), -0.577_215_664_901_532_9, 1e-14);
  near(digamma(3.75), 1.182_537_388_611_796_2, 1e-14);
  near(digamma(2000.25), 7.600_777_462_148_201, 1e-14);
});

test("logGamma(x + 1) = logGamma(x) + log x and digamma(x + 1) = digamma(x) + 1 / x", () => {
  fc.assert(
    fc.property(fc.double({ min: 0.1, max: 1e6, noNaN: true }), (x) => {
      near(logGamma(x + 1), logGamma(x) + Math.log(x), 1e-13);
      near(digamma(x + 1), digamma(x) + 1 / x, 1e-13);
    }),
  );
});

test("logGamma and digamma refuse arguments that are not positive", () => {
  assert.throws(() => logGamma(0), /logGamma: x must be > 0, got 0/);
  assert.throws(() => digamma(NaN), /digamma: x must be > 0, got NaN/);
});
