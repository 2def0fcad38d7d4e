import assert from "node:assert/strict";
import { test } from "node:test";

import { linearProbe } from "../../../src/engine/transferability/linear-probe.js";
import { stratifiedFolds } from "../../../src/engine/transferability/stratified-folds.js";
import { metricCase } from "../../support/metric-cases.js";
import { cloudInput, formulaInput } from "../../support/synthetic-input.js";

test("linearProbe of two separated points a class is 1", async () => {
  assert.equal(await linearProbe(formulaInput(10, 1, 2, (i) => (i % 2 === 0 ? -1 : 1))), 1);
});

test("linearProbe agrees with a least squares solver on the same folds", async () => {
  // numpy 2.4.6, seed 0: np.linalg.lstsq on [Z; sqrt(r) I], Z the centred training rows, r = share |Z|_F^2 / min(n, D),
  // the share of (1e-3, 1e-2, 1e-1, 1, 10) with the least squared error out of fold.
  for (const [name, accuracy] of [
    ["iris_raw", 127 / 150],
    ["gauss_n120_d16_c4", 89 / 120],
    ["imbalanced_n240_d24_c6", 192 / 240],
    ["digits_random_relu", 329 / 400],
    ["gauss_n400_d256_c20", 370 / 400],
    ["wide_n60_d128_c4", 53 / 60],
    ["rank_deficient_n150_d20_c4", 136 / 150],
  ] as const) {
    assert.equal(await linearProbe(metricCase(name)), accuracy, name);
  }
});

test("linearProbe of labels that features know nothing of is near chance", async () => {
  assert.ok((await linearProbe(cloudInput(400, 3, 4, 0, 1))) < 0.4);
});

test("linearProbe of constant features guesses, of lone samples fails", async () => {
  assert.equal(await linearProbe(formulaInput(20, 2, 2, (i) => (i < 0 ? 1 : 3))), 0.5);
  assert.equal(await linearProbe(formulaInput(4, 2, 4, (i, d) => i * d)), 0);
});

test("linearProbe repeats itself for a seed", async () => {
  const input = cloudInput(60, 5, 4, 1, 2);
  assert.equal(await linearProbe(input, 7), await linearProbe(input, 7));
});

test("linearProbe refuses one class", async () => {
  await assert.rejects(
    linearProbe(formulaInput(4, 1, 1, (i) => i)),
    /linearProbe: at least 2 classes must have samples, got 1/,
  );
});

test("stratifiedFolds split every class and all samples as evenly as they can", () => {
  const classOf = Int32Array.from({ length: 53 }, (_, i) => (i < 30 ? 0 : i < 50 ? 1 : 2));
  const foldOf = stratifiedFolds(classOf, 5, 3);
  const size = (fold: number, label?: number): number =>
    foldOf.filter((f, i) => f === fold && (label === undefined || classOf[i] === label)).length;
  for (let fold = 0; fold < 5; fold++) {
    assert.equal(size(fold, 0), 6);
    assert.equal(size(fold, 1), 4);
    assert.ok(size(fold) === 10 || size(fold) === 11);
  }
  assert.notDeepEqual(foldOf, stratifiedFolds(classOf, 5, 4));
});
