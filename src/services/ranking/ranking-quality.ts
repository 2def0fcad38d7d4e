import { regretAt } from "../../engine/ranking/regret.js";
import { weightedTau } from "../../engine/ranking/weighted-tau.js";
import type { RankingQuality } from "../../entities/ranking.js";

/**
 * How well an order agrees with what was measured.
 *
 * @param outcomes of the PTMs that were measured, at least one
 * @param scores   of the same PTMs, larger is better; only their order counts
 */
export function rankingQuality(outcomes: readonly number[], scores: readonly number[]): RankingQuality {
  const tau = weightedTau(outcomes, scores);
  return {
    weightedTau: Number.isNaN(tau) ? null : tau,
    regretAt1: 100 * regretAt(1, scores, outcomes),
  };
}
