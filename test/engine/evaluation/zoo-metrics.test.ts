import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { test } from "node:test";

import { DEFAULT_ARCHIVE_LIMITS } from "../../../src/archives/archive-limits.js";
import { readKeptOutputs } from "../../../src/archives/kept-outputs.js";
import { weightedTau } from "../../../src/engine/ranking/weighted-tau.js";
import { measure, type MetricName } from "../../../src/engine/transferability/registry.js";
import { parseOutcomes } from "../../../src/services/evaluation/parse-outcomes.js";
import { repositoryRoot } from "../../support/paths.js";

const zoo = new URL("zoo/", repositoryRoot);

/** Weighted tau against outcomes in a study of the same zoo in PyTorch, outside this project; two decimals. */
const STUDY: Record<string, Partial<Record<MetricName, number>>> = {
  identities: { LOG_ME: 0.51, NCE: 0.27, LEEP: 0.33 },
  "rare-roadsigns": { LOG_ME: 0.53, NCE: 0.08, LEEP: 0.1 },
};
/** Half a unit of the last decimal, and as much again for features that are 16 bits here and were 32 there. */
const TOLERANCE = 0.01;

for (const [task, golden] of Object.entries(STUDY)) {
  test(`metrics agree with the outcomes on ${task} as much as they did outside`, async () => {
    const { ptms } = JSON.parse(await readFile(new URL("ptms.json", zoo), "utf8")) as {
      ptms: { id: string; role: string; sha256: string }[];
    };
    const candidates = ptms.filter(({ role }) => role === "candidate");
    const rows = parseOutcomes(await readFile(new URL("outcomes.csv", zoo), "utf8"));
    const outcomes = candidates.map(
      ({ id }) => rows.find((row) => row.task === task && row.ptm === id)!.value,
    );
    const { labels, classCount, byPtm } = await readKeptOutputs(
      fileURLToPath(new URL(`outputs/${task}.npz`, zoo)),
      DEFAULT_ARCHIVE_LIMITS,
    );
    const inputs = candidates.map(({ sha256 }) => {
      const { features, probabilities: sourceProbabilities } = byPtm.get(sha256)!;
      return { features, sourceProbabilities, labels, classCount };
    });
    for (const [metric, expected] of Object.entries(golden)) {
      const scores = await Promise.all(inputs.map((input) => measure(metric as MetricName, input)));
      const tau = weightedTau(outcomes, scores);
      assert.ok(Math.abs(tau - expected) <= TOLERANCE, `${metric}: tau_w ${tau}, outside ${expected}`);
    }
  });
}
