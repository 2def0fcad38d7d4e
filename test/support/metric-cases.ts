import { readdirSync, readFileSync } from "node:fs";

import { matrix } from "../../src/engine/matrix.js";
import type { Metric, MetricInput } from "../../src/engine/transferability/metric.js";
import { repositoryRoot } from "./paths.js";

interface MetricCase {
  readonly name: string;
  readonly n: number;
  readonly d: number;
  readonly classes: number;
  readonly features: number[];
  readonly labels: number[];
  readonly sourceClasses: number;
  readonly sourceProbabilities: number[];
  readonly expected: Record<string, { value: number | null; tolerance?: number }>;
}

const parsed = new Map<string, unknown[]>();

/** Every committed case file of one folder of test/refs, parsed once. */
export function readCases<T>(folder: string): T[] {
  const known = parsed.get(folder);
  if (known) return known as T[];
  const directory = new URL(`test/refs/${folder}/`, repositoryRoot);
  const cases = readdirSync(directory)
    .sort()
    .map((file) => JSON.parse(readFileSync(new URL(file, directory), "utf8")) as T);
  parsed.set(folder, cases);
  return cases;
}

function inputOf(content: MetricCase): MetricInput {
  return {
    features: matrix(content.n, content.d, Float32Array.from(content.features)),
    labels: Int32Array.from(content.labels),
    classCount: content.classes,
    sourceProbabilities: matrix(
      content.n,
      content.sourceClasses,
      Float32Array.from(content.sourceProbabilities),
    ),
  };
}

/** One golden case by name, for tests that vary its input. */
export function metricCase(name: string): MetricInput {
  const found = readCases<MetricCase>("metrics").find((content) => content.name === name);
  if (!found) throw new Error(`metricCase: no case is named ${name}`);
  return inputOf(found);
}

/**
 * Compares a metric with the golden value of each case that has one.
 *
 * @param sign -1 where the published value is a bound of which the metric is the negative
 * @returns how many cases were compared, and the largest difference over its tolerance with the case's name
 */
export async function worstDifference(
  metric: Metric,
  key: string,
  sign: 1 | -1 = 1,
): Promise<{ compared: number; worst: number; where: string }> {
  const result = { compared: 0, worst: 0, where: "none" };
  for (const content of readCases<MetricCase>("metrics")) {
    const expected = content.expected[key];
    if (expected?.value == null || expected.tolerance === undefined) continue;
    const ratio = Math.abs(sign * (await metric(inputOf(content))) - expected.value) / expected.tolerance;
    result.compared++;
    if (!(ratio <= result.worst)) {
      result.worst = ratio;
      result.where = content.name;
    }
  }
  return result;
}
