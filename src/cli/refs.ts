import { readFile } from "node:fs/promises";

import type { CaseValue } from "./refs/case-value.js";
import { metricCaseValues } from "./refs/metric-case.js";
import { nLeepCaseValues } from "./refs/n-leep-case.js";
import { rankingCaseValues } from "./refs/ranking-case.js";
import { regressionCaseValues } from "./refs/regression-case.js";
import { zooCaseValues } from "./refs/zoo-case.js";

/** Exit code when a file could not be read as any known format. */
const UNKNOWN_FORMAT = 2;

/** Each gives the values of the formats that it knows, and undefined for any other content. */
const READERS: readonly ((content: unknown) => CaseValue[] | undefined | Promise<CaseValue[] | undefined>)[] =
  [metricCaseValues, nLeepCaseValues, regressionCaseValues, zooCaseValues, rankingCaseValues];

/**
 * `orb refs FILE...`: computes the canonical quantities of reference case files with the engine's public functions and
 * writes one JSON object a value: `{file, name, key, value}`, `error` beside a null value. It compares nothing.
 *
 * A file that cannot be read, or a case that has no known format, is named on standard error, the others are still computed, and the
 * process will exit with code 2.
 *
 * @param files paths, reported as they were given
 * @param write receives each line, without a line end
 */
export async function refsCommand(files: readonly string[], write: (line: string) => void): Promise<void> {
  const complain = (file: string, error: unknown): void => {
    process.stderr.write(`refs: ${file}: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = UNKNOWN_FORMAT;
  };
  for (const file of files) {
    try {
      for (const content of casesOf(JSON.parse(await readFile(file, "utf8")))) {
        try {
          for (const value of await valuesOf(content)) write(JSON.stringify({ file, ...explained(value) }));
        } catch (error) {
          complain(file, error);
        }
      }
    } catch (error) {
      complain(file, error);
    }
  }
}

/** A file of many cases as files of one case each, so that one that cannot be computed does not silence the others. */
function casesOf(content: unknown): unknown[] {
  if (content === null || typeof content !== "object") return [content];
  const { cases } = content as { cases?: unknown };
  return Array.isArray(cases) && cases.length > 0
    ? cases.map((single: unknown) => Object.assign({}, content, { cases: [single] }))
    : [content];
}

async function valuesOf(content: unknown): Promise<CaseValue[]> {
  const values: CaseValue[] = [];
  let known = false;
  for (const read of READERS) {
    const found = await read(content);
    if (found === undefined) continue;
    known = true;
    values.push(...found);
  }
  if (!known) {
    throw new RangeError(
      "unknown format; expected a case file of metrics, nleep, logme_regression, ranking or zoo (test/refs has examples)",
    );
  }
  return values;
}

/** Every null says why; the correlations return NaN without a reason of their own. */
function explained(value: CaseValue): CaseValue {
  if (value.value !== null || value.error !== undefined) return value;
  return { ...value, error: `${value.key} is undefined: all values tie, or there are fewer than two` };
}
