import { z } from "zod";

import { matrix } from "../../engine/matrix.js";
import { etranEnergy } from "../../engine/transferability/etran.js";
import type { Metric, MetricInput } from "../../engine/transferability/metric.js";
import { pactranDirichlet } from "../../engine/transferability/pactran-dirichlet.js";
import { pactranGamma } from "../../engine/transferability/pactran-gamma.js";
import { type CaseValue, caseValue } from "./case-value.js";
import { METRIC_QUANTITIES } from "./metric-quantities.js";

const numbers = z.array(z.number());
const zooFile = z.object({
  n: z.number(),
  classes: z.number(),
  labels: numbers,
  models: z
    .array(
      z.object({
        name: z.string(),
        d: z.number(),
        sourceClasses: z.number(),
        features: numbers,
        sourceProbabilities: numbers,
      }),
    )
    .min(1),
});

/** The zoo file turns bounds so that larger is better everywhere, as the engine does, and has names of its own. */
const ZOO_QUANTITIES: Readonly<Record<string, Metric>> = {
  hScore: METRIC_QUANTITIES["hScoreRankTruncated"]!,
  ...Object.fromEntries(
    [
      "hScoreRegularized",
      "logME",
      "transRate",
      "transRateWeighted",
      "lfc",
      "parc",
      "sfda",
      "sfdaStage1",
      "gbcDiagonal",
      "gbcSphericalExact",
      "nce",
      "leep",
    ].map((key) => [key, METRIC_QUANTITIES[key]!]),
  ),
  pactranDirichlet,
  pactranGamma,
  energyMean: etranEnergy,
};

/**
 * The scores of the models of a file of the format of refs/zoo. Its rankings are computed by ranking-case.ts; its `etran` is
 * made of two parts as shipped, faults included, that the engine does not have.
 *
 * @returns one value a model and metric, named by the model; undefined if the content has another format
 * @throws RangeError if shapes and numbers of values disagree
 */
export async function zooCaseValues(content: unknown): Promise<CaseValue[] | undefined> {
  const file = zooFile.safeParse(content);
  if (!file.success) return undefined;
  const { n, classes, labels, models } = file.data;
  const inputs = models.map(({ d, sourceClasses, features, sourceProbabilities }): MetricInput => ({
    features: matrix(n, d, Float32Array.from(features)),
    labels: Int32Array.from(labels),
    classCount: classes,
    sourceProbabilities: matrix(n, sourceClasses, Float32Array.from(sourceProbabilities)),
  }));
  const values: CaseValue[] = [];
  for (const [m, input] of inputs.entries()) {
    for (const [key, metric] of Object.entries(ZOO_QUANTITIES)) {
      values.push(await caseValue(models[m]!.name, key, () => metric(input)));
    }
  }
  return values;
}
