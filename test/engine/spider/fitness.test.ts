import assert from "node:assert/strict";
import { test } from "node:test";

import { matrix } from "../../../src/engine/matrix.js";
import { fitness } from "../../../src/engine/spider/fitness.js";
import type { SpiderParameters } from "../../../src/engine/spider/spider.js";
import {
  GOLDEN_SPIDERS,
  goldenParameters,
  goldenPtms,
  readGoldenSpider,
} from "../../support/golden-spider.js";

/** Two dimensions, everything the identity: small enough for pencil and paper. */
const identity = Float32Array.of(1, 0, 0, 1);
const small: SpiderParameters = {
  width: 2,
  encoderWidth: 2,
  layerNormEpsilon: 1e-5,
  queryWeight: identity,
  keyWeight: identity,
  valueWeight: identity,
  outputWeight: identity,
  outputBias: Float32Array.of(0, 0),
  norm1Gain: Float32Array.of(1, 1),
  norm1Bias: Float32Array.of(0, 0),
  norm2Gain: Float32Array.of(1, 1),
  norm2Bias: Float32Array.of(0, 0),
  headWeight: Float32Array.of(3, 1),
  headBias: 0.5,
  encoderWeight: identity,
  encoderBias: Float32Array.of(0, 0),
};
const token = Float32Array.of(1, 0);
const oneCentre = matrix(1, 2, Float32Array.of(0, 1));

test("fitness is the formula's value, worked by hand", () => {
  // logits [1, 0] / sqrt 2 -> a_0 = e^.7071 / (e^.7071 + 1) = .669761, a_1 = .330239
  // attended + x_0 = [1.669761, .330239]: mean 1, deviation +-.669761 =: t
  // LayerNorm_1 -> +-t / sqrt(t^2 + 1e-5) = +-s; LayerNorm_2 -> +-s / sqrt(s^2 + 1e-5) = +-r; 3r - r + .5
  const t = Math.exp(Math.SQRT1_2) / (Math.exp(Math.SQRT1_2) + 1);
  const s = t / Math.sqrt(t * t + 1e-5);
  const r = s / Math.sqrt(s * s + 1e-5);
  assert.ok(Math.abs(t - 0.669761) < 1e-6);
  assert.ok(Math.abs(fitness(small, token, oneCentre) - (2 * r + 0.5)) < 1e-9);
});

for (const name of GOLDEN_SPIDERS) {
  const golden = readGoldenSpider(name);
  const parameters = goldenParameters(golden);
  const ptms = goldenPtms(golden);

  for (const run of golden.runs) {
    test(`fitness agrees with the authors' code: ${name}, ${run.k} PTMs with specific rows`, () => {
      let largest = 0;
      golden.inputs.forEach((input, task) => {
        const classes = golden.classCounts[task]!;
        const taskToken = matrix(classes, golden.config.uniDim, Float32Array.from(input.uni));
        ptms.forEach((ptm, m) => {
          const specific = run.selected[task]!.includes(m)
            ? {
                token: matrix(classes, ptm.projection.columns, Float32Array.from(input.hetero[ptm.id]!)),
                projection: ptm.projection,
                bias: ptm.projectionBias,
              }
            : undefined;
          const expected = run.outputs[task * ptms.length + m]!;
          const got = fitness(parameters, ptm.token, taskToken, specific);
          largest = Math.max(largest, Math.abs(got - expected));
        });
      });
      assert.ok(largest <= run.tolerance, `largest difference ${largest}, tolerance ${run.tolerance}`);
    });
  }

  test(`masked padding rows change nothing: ${name}`, () => {
    const { uniDim, d } = golden.config;
    golden.inputs.forEach((input, task) => {
      const classes = golden.classCounts[task]!;
      const plain = matrix(classes, uniDim, Float32Array.from(input.uni));
      const padded = matrix(classes + 2, uniDim, new Float32Array((classes + 2) * uniDim).fill(7));
      padded.values.set(plain.values);
      const mask = new Uint8Array(classes + 2).fill(1, 0, classes);
      for (const ptm of ptms) {
        const { projection, projectionBias: bias } = ptm;
        const values = Float32Array.from(input.hetero[ptm.id]!);
        const longer = new Float32Array((classes + 2) * projection.columns).fill(-3);
        longer.set(values);
        const specific = { token: matrix(classes, projection.columns, values), projection, bias };
        const specificPadded = { token: matrix(classes + 2, projection.columns, longer), projection, bias };
        assert.equal(ptm.token.length, d);
        assert.equal(
          fitness(parameters, ptm.token, padded, specificPadded, mask),
          fitness(parameters, ptm.token, plain, specific),
        );
      }
    });
  });
}

test("fitness does not depend on the order of the classes", () => {
  const there = matrix(3, 2, Float32Array.of(1, 2, 3, 4, -5, 6));
  const back = matrix(3, 2, Float32Array.of(-5, 6, 3, 4, 1, 2));
  assert.ok(Math.abs(fitness(small, token, there) - fitness(small, token, back)) < 1e-12);
});

test("fitness stays finite for logits far outside the range of exp", () => {
  const far = matrix(2, 2, Float32Array.of(1e6, 0, -1e6, 0));
  assert.ok(Number.isFinite(fitness(small, token, far)));
});

test("fitness says which shape does not fit", () => {
  const wide = matrix(1, 3, new Float32Array(3));
  assert.throws(
    () => fitness(small, Float32Array.of(1), oneCentre),
    /fitness: a PTM token must hold 2 values, got 1/,
  );
  assert.throws(
    () => fitness(small, token, wide),
    /fitness: a task token must be \[C >= 1, 2\], got \[1, 3\]/,
  );
  assert.throws(() => fitness(small, token, matrix(0, 2, new Float32Array(0))), /got \[0, 2\]/);
  const projection = matrix(2, 2, identity);
  const bias = new Float32Array(2);
  assert.throws(
    () => fitness(small, token, oneCentre, { token: wide, projection, bias }),
    /specific rows \[1, 3\] need a projection \[2, 3\] and a bias \[2\], got \[2, 2\] and \[2\]/,
  );
  assert.throws(
    () => fitness(small, token, oneCentre, undefined, Uint8Array.of(1, 1)),
    /class mask must hold 1 values, got 2/,
  );
  assert.throws(() => fitness(small, Float32Array.of(NaN, 0), oneCentre), /must be finite, got NaN/);
});
