import assert from "node:assert/strict";
import { test } from "node:test";

import { doubleMatrix } from "../../../src/engine/linalg/double-matrix.js";
import { leadingScores, principalComponents } from "../../../src/engine/linalg/principal-components.js";
import { matrix } from "../../../src/engine/matrix.js";
import { multiplyTransposedLeft, multiplyTransposedRight } from "../../../src/engine/runtime/mat-mul.js";
import { statisticsOf } from "../../../src/engine/transferability/feature-statistics.js";
import { readCases } from "../../support/metric-cases.js";

interface PcaCase {
  readonly name: string;
  readonly n: number;
  readonly d: number;
  readonly features: number[];
  readonly reduced: number[];
  readonly pca: {
    readonly components: number;
    readonly threshold: number;
    readonly explainedVarianceRatio: number[];
    readonly tolerance: number;
  };
}

test("principalComponents keeps the axis that holds the variance", async () => {
  const centred = doubleMatrix(4, 2, Float64Array.of(-3, 0, 3, 0, 0, 1, 0, -1));
  const gram = await multiplyTransposedLeft(centred, centred); // 18 and 2: shares 0.9 and 0.1
  const components = await principalComponents("test", centred, gram);
  const { scores, explainedVarianceRatio } = components;
  assert.equal(leadingScores(components, 0.8).columns, 1);
  assert.ok(Math.abs(explainedVarianceRatio[0]! - 0.9) < 1e-15);
  assert.ok(Math.abs(Math.abs(scores.values[0]!) - 3) < 1e-14);
});

test("principalComponents takes one component more when the share is only just reached", async () => {
  const centred = doubleMatrix(4, 2, Float64Array.of(-1, 0, 1, 0, 0, 1, 0, -1));
  const gram = await multiplyTransposedLeft(centred, centred);
  const components = await principalComponents("test", centred, gram);
  assert.equal(leadingScores(components, 0.5).columns, 2);
  assert.equal(leadingScores(components, 0.499).columns, 1);
});

test("principalComponents agrees with the golden shares and, up to sign, the golden scores", async () => {
  for (const content of readCases<PcaCase>("nleep")) {
    const statistics = statisticsOf("test", {
      features: matrix(content.n, content.d, Float32Array.from(content.features)),
      labels: new Int32Array(content.n),
      classCount: 1,
    });
    const gram = await statistics.centredGram();
    const found = await principalComponents("test", statistics.centred, gram);
    const leading = leadingScores(found, content.pca.threshold);
    assert.equal(leading.columns, content.pca.components, content.name);
    content.pca.explainedVarianceRatio.forEach((expected, at) => {
      const difference = Math.abs(found.explainedVarianceRatio[at]! - expected);
      assert.ok(difference <= content.pca.tolerance, `${content.name}: share ${at} is ${difference} off`);
    });
    const largest = Math.max(...content.reduced.map(Math.abs));
    content.reduced.forEach((expected, at) => {
      const difference = Math.abs(Math.abs(leading.values[at]!) - Math.abs(expected));
      assert.ok(difference <= 1e-6 * largest, `${content.name}: score ${at} is ${difference} off`); // 7 digits
    });
  }
});

test("principalComponents gives the same scores from either Gram matrix, up to sign", async () => {
  const values = Float64Array.from({ length: 30 }, (_, i) => Math.sin(7 * i * i + i));
  for (let d = 0; d < 5; d++) {
    let mean = 0;
    for (let i = 0; i < 6; i++) mean += values[i * 5 + d]! / 6;
    for (let i = 0; i < 6; i++) values[i * 5 + d]! -= mean;
  }
  const centred = doubleMatrix(6, 5, values);
  const small = await principalComponents("test", centred, await multiplyTransposedLeft(centred, centred));
  const large = await principalComponents("test", centred, await multiplyTransposedRight(centred, centred));
  for (let i = 0; i < 6; i++) {
    for (let c = 0; c < 5; c++) {
      const difference =
        Math.abs(small.scores.values[i * 5 + c]!) - Math.abs(large.scores.values[i * 6 + c]!);
      assert.ok(Math.abs(difference) < 1e-12, `sample ${i}, component ${c}: ${difference}`);
    }
    assert.ok(Math.abs(large.scores.values[i * 6 + 5]!) < 1e-7); // five features hold no sixth component
  }
});

test("principalComponents refuses features that do not vary", async () => {
  const centred = doubleMatrix(3, 2);
  await assert.rejects(
    principalComponents("nLeep", centred, doubleMatrix(2, 2)),
    /nLeep: at least one feature must vary, got constant features only/,
  );
});
