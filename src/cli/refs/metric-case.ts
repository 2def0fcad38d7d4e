import { z } from "zod";

import { matrix } from "../../engine/matrix.js";
import type { MetricInput } from "../../engine/transferability/metric.js";
import { type CaseValue, caseValue } from "./case-value.js";
import { METRIC_QUANTITIES } from "./metric-quantities.js";

const numbers = z.array(z.number());
const metricFile = z.object({
  name: z.string(),
  task: z.literal("classification"),
  n: z.number(),
  d: z.number(),
  classes: z.number(),
  features: numbers,
  labels: numbers,
  sourceClasses: z.number().optional(),
  sourceProbabilities: numbers.optional(),
});

/**
 * The transferability metrics of a file of the format of refs/metrics.
 *
 * @param content the parsed file
 * @returns one value a metric, or undefined if the content has another format
 * @throws RangeError if shapes and numbers of values disagree
 */
export async function metricCaseValues(content: unknown): Promise<CaseValue[] | undefined> {
  const file = metricFile.safeParse(content);
  if (!file.success) return undefined;
  const { name, n, d, classes, features, labels, sourceClasses, sourceProbabilities } = file.data;
  const input: MetricInput = {
    features: matrix(n, d, Float32Array.from(features)),
    labels: Int32Array.from(labels),
    classCount: classes,
    ...(sourceProbabilities && sourceClasses !== undefined
      ? { sourceProbabilities: matrix(n, sourceClasses, Float32Array.from(sourceProbabilities)) }
      : {}),
  };
  const values: CaseValue[] = [];
  for (const [key, metric] of Object.entries(METRIC_QUANTITIES)) {
    values.push(await caseValue(name, key, () => metric(input)));
  }
  return values;
}
