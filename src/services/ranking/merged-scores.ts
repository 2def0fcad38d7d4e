import { mixWithScores, type WeightedScores } from "../../engine/ranking/mix-with-scores.js";
import type { TransferabilityScore } from "../../entities/transferability-score.js";
import type { MergeRule } from "./merge-rule.js";

/** One PTM that was run: its fitness with its specific row, and what the metrics said of the same run. */
export interface RunResult {
  readonly ptmId: string;
  readonly fitness: number;
  readonly scores: readonly TransferabilityScore[];
}

/**
 * What the PTMs that were run are put in order by: their fitness, or under MIXED_WITH_SCORES the mixture. A metric that is
 * undefined for a PTM puts it beside the last. One that a PTM was not measured by at all (its run is older, or the metric
 * failed) would tell PTMs apart by that alone, and is left out.
 *
 * @returns by PTM, larger is better
 */
export function mergedScores(
  results: readonly RunResult[],
  { policy, weights }: MergeRule,
): Map<string, number> {
  const fitness = results.map((result) => result.fitness);
  const values =
    policy === "MIXED_WITH_SCORES"
      ? mixWithScores({ weight: weights.get("FITNESS") ?? 0, values: fitness }, measured(results, weights))
      : fitness;
  return new Map(results.map(({ ptmId }, i) => [ptmId, values[i]!]));
}

function measured(results: readonly RunResult[], weights: MergeRule["weights"]): WeightedScores[] {
  return [...weights].flatMap(([part, weight]) => {
    if (part === "FITNESS") return [];
    const scores = results.map(({ scores }) => scores.find(({ metric }) => metric === part));
    if (scores.some((score) => score === undefined || score.sampleCount === 0)) return [];
    return [{ weight, values: scores.map((score) => score!.value ?? -Infinity) }];
  });
}
