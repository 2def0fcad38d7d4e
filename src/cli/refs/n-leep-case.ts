import { z } from "zod";

import { widen } from "../../engine/linalg/double-matrix.js";
import { matrix } from "../../engine/matrix.js";
import { sphericalComponent } from "../../engine/transferability/gaussian-component.js";
import { nLeepGivenStart } from "../../engine/transferability/n-leep.js";
import { type CaseValue, caseValue } from "./case-value.js";

const numbers = z.array(z.number());
const nLeepFile = z.object({
  name: z.string(),
  task: z.literal("nleep"),
  n: z.number(),
  classes: z.number(),
  labels: numbers,
  pca: z.object({ components: z.number() }),
  reduced: numbers,
  gmm: z.object({
    covarianceType: z.enum(["full", "spherical"]),
    regCovar: z.number(),
    tol: z.number(),
    maxIter: z.number(),
    weightsInit: numbers,
    meansInitRows: numbers,
    precisionInitScale: z.number(),
  }),
});

/**
 * N-LEEP from the given mixture of a file of the format of refs/nleep.
 *
 * @returns nleepGivenInit, or undefined if the content has another format
 * @throws RangeError if shapes and numbers of values disagree
 */
export async function nLeepCaseValues(content: unknown): Promise<CaseValue[] | undefined> {
  const file = nLeepFile.safeParse(content);
  if (!file.success) return undefined;
  const { name, n, classes, labels, pca, reduced, gmm } = file.data;
  const points = widen(matrix(n, pca.components, Float32Array.from(reduced)));
  const start = gmm.meansInitRows.map((row, k) =>
    sphericalComponent(
      gmm.weightsInit[k]!,
      points.values.slice(row * points.columns, (row + 1) * points.columns),
      1 / gmm.precisionInitScale,
    ),
  );
  const options = {
    covarianceType: gmm.covarianceType,
    regularisation: gmm.regCovar,
    tolerance: gmm.tol,
    maximumIterations: gmm.maxIter,
  };
  return [
    await caseValue(name, "nleepGivenInit", () =>
      nLeepGivenStart(points, start, options, Int32Array.from(labels), classes),
    ),
  ];
}
