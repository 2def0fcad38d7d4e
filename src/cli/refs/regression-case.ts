import { z } from "zod";

import { matrix } from "../../engine/matrix.js";
import { logMeMaximumRegression, logMeRegression } from "../../engine/transferability/log-me.js";
import { type CaseValue, caseValue } from "./case-value.js";

const regressionFile = z.object({
  name: z.string(),
  task: z.literal("regression"),
  n: z.number(),
  d: z.number(),
  outputs: z.number(),
  features: z.array(z.number()),
  targets: z.array(z.number()),
});

/**
 * LogME of a file of the format of refs/logme_regression.
 *
 * @returns logME and logMEMaximum, or undefined if the content has another format
 * @throws RangeError if shapes and numbers of values disagree
 */
export async function regressionCaseValues(content: unknown): Promise<CaseValue[] | undefined> {
  const file = regressionFile.safeParse(content);
  if (!file.success) return undefined;
  const { name, n, d, outputs, features, targets } = file.data;
  const input = {
    features: matrix(n, d, Float32Array.from(features)),
    targets: matrix(n, outputs, Float32Array.from(targets)),
  };
  return [
    await caseValue(name, "logME", () => logMeRegression(input)),
    await caseValue(name, "logMEMaximum", () => logMeMaximumRegression(input)),
  ];
}
