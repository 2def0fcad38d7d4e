import assert from "node:assert/strict";
import { test } from "node:test";

import { doubleMatrix } from "../../../src/engine/linalg/double-matrix.js";
import {
  denseComponent,
  lowRankComponent,
  sphericalComponent,
} from "../../../src/engine/transferability/gaussian-component.js";
import {
  type CovarianceType,
  fitGaussianMixture,
  type MixtureOptions,
} from "../../../src/engine/transferability/gaussian-mixture.js";
import { readCases } from "../../support/metric-cases.js";
import { fc } from "../../support/properties.js";

interface MixtureCase {
  readonly name: string;
  readonly n: number;
  readonly pca: { readonly components: number };
  readonly reduced: number[];
  readonly gmm: {
    readonly components: number;
    readonly covarianceType: CovarianceType;
    readonly regCovar: number;
    readonly tol: number;
    readonly maxIter: number;
    readonly weightsInit: number[];
    readonly meansInitRows: number[];
    readonly precisionInitScale: number;
    readonly expected: {
      readonly iterations: number;
      readonly converged: boolean;
      readonly lowerBound: number;
      readonly weights: number[];
      readonly means: number[];
      readonly posteriorFirst10Rows: number[];
      readonly tolerance: number;
    };
  };
}

const options: MixtureOptions = {
  covarianceType: "full",
  regularisation: 1e-6,
  tolerance: 1e-3,
  maximumIterations: 100,
};

function near(actual: number, expected: number, tolerance: number, what: string): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what}: ${actual} instead of ${expected}`);
}

test("fitGaussianMixture of one component finds mean and variance", () => {
  const points = doubleMatrix(4, 1, Float64Array.of(1, 3, 5, 7));
  const start = [sphericalComponent(1, Float64Array.of(0), 1)];
  const { components, posterior, converged } = fitGaussianMixture(points, start, options);
  assert.equal(converged, true);
  near(components[0]!.mean[0]!, 4, 1e-14, "mean");
  near(components[0]!.squaredDistance(points, 0, Infinity), 9 / 5.000_001, 1e-14, "squared distance of 1");
  assert.deepEqual(posterior.values, new Float64Array(4).fill(1));
});

test("fitGaussianMixture agrees with scikit-learn's EM from the same components", () => {
  for (const { name, n, pca, reduced, gmm } of readCases<MixtureCase>("nleep")) {
    const points = doubleMatrix(n, pca.components, Float64Array.from(Float32Array.from(reduced)));
    const start = gmm.meansInitRows.map((row, k) =>
      sphericalComponent(
        gmm.weightsInit[k]!,
        points.values.slice(row * points.columns, (row + 1) * points.columns),
        1 / gmm.precisionInitScale,
      ),
    );
    const found = fitGaussianMixture(points, start, {
      covarianceType: gmm.covarianceType,
      regularisation: gmm.regCovar,
      tolerance: gmm.tol,
      maximumIterations: gmm.maxIter,
    });
    const { expected } = gmm;
    assert.equal(found.iterations, expected.iterations, name);
    assert.equal(found.converged, expected.converged, name);
    near(found.lowerBound, expected.lowerBound, expected.tolerance, `${name} lower bound`);
    found.components.forEach(({ weight, mean }, k) => {
      near(weight, expected.weights[k]!, expected.tolerance, `${name} weight ${k}`);
      mean.forEach((value, d) => {
        near(value, expected.means[k * points.columns + d]!, expected.tolerance, `${name} mean ${k}, ${d}`);
      });
    });
    expected.posteriorFirst10Rows.flat().forEach((value, at) => {
      near(found.posterior.values[at]!, value, expected.tolerance, `${name} posterior ${at}`);
    });
  }
});

test("the low-rank component measures what the dense one does", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 30 }),
      fc.infiniteStream(fc.double({ min: -1, max: 1, noNaN: true })),
      (m, k, numbers) => {
        const draw = (): number => numbers.next().value ?? 0;
        const mean = Float64Array.from({ length: k }, draw);
        const offsets = doubleMatrix(m, k, Float64Array.from({ length: m * k }, draw));
        const dense = denseComponent(0.25, mean, offsets, 1e-3);
        const lowRank = lowRankComponent(0.25, mean, offsets, 1e-3);
        near(lowRank.logPeak, dense.logPeak, 1e-9, "log peak");
        const points = doubleMatrix(3, k, Float64Array.from({ length: 3 * k }, draw));
        for (let row = 0; row < 3; row++) {
          const exact = dense.squaredDistance(points, row, Infinity);
          near(lowRank.squaredDistance(points, row, Infinity), exact, 1e-9 * (1 + exact), "distance");
          assert.ok(lowRank.squaredDistance(points, row, exact / 2) > exact / 2 || exact === 0);
          assert.ok(dense.squaredDistance(points, row, exact / 2) > exact / 2 || exact === 0);
        }
      },
    ),
  );
});

test("fitGaussianMixture survives a component that no point belongs to", () => {
  const points = doubleMatrix(6, 1, Float64Array.of(0, 0.1, 0.2, 5, 5.1, 5.2));
  const start = [0, 5, 1e6].map((mean) => sphericalComponent(1 / 3, Float64Array.of(mean), 0.01));
  const { posterior } = fitGaussianMixture(points, start, options);
  assert.ok(posterior.values.every((share) => share >= 0 && share <= 1));
});

test("fitGaussianMixture says which features it cannot describe", () => {
  const points = doubleMatrix(3, 2, Float64Array.of(1e12, 1e12, -1e12, -1e12, 3e11, 3e11));
  const start = [sphericalComponent(1, new Float64Array(2), 1e24)];
  assert.throws(
    () => fitGaussianMixture(points, start, options),
    /gaussianMixture: covariances must be positive definite in float64/,
  );
  assert.throws(
    () => fitGaussianMixture(points, start, { ...options, maximumIterations: 0 }),
    /gaussianMixture: maximumIterations must be >= 1, got 0/,
  );
});
