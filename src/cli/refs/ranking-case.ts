import { z } from "zod";

import { borda } from "../../engine/ranking/borda.js";
import { copeland } from "../../engine/ranking/copeland.js";
import { hitAt } from "../../engine/ranking/hit.js";
import { kendallTauB } from "../../engine/ranking/kendall-tau-b.js";
import { ndcg } from "../../engine/ranking/ndcg.js";
import { ordinalRanks } from "../../engine/ranking/order.js";
import { pearson } from "../../engine/ranking/pearson.js";
import { regretAt } from "../../engine/ranking/regret.js";
import { spearman } from "../../engine/ranking/spearman.js";
import { weightedTau } from "../../engine/ranking/weighted-tau.js";
import type { CaseValue } from "./case-value.js";

const numbers = z.array(z.number());
const correlationFile = z.object({
  cases: z.array(z.object({ name: z.string(), labels: numbers, scores: numbers })).min(1),
});
const aggregationFile = z.object({
  cases: z
    .array(
      z.object({
        name: z.string(),
        voters: z.array(numbers),
        weightedTauRankNone: z.object({ labels: numbers }).optional(),
      }),
    )
    .min(1),
});
const zooFile = z.object({
  name: z.string(),
  models: z
    .array(z.object({ linearProbeAccuracy: z.number(), scores: z.record(z.string(), z.number()) }))
    .min(1),
});

/** The metrics whose rankings zoo.json aggregates. */
const ZOO_VOTERS = ["hScore", "nce", "leep", "logME"];

/**
 * Computes the ranking quantities of a reference file by the public functions of the engine: the correlations of
 * refs/ranking/correlation.json, the aggregations of refs/ranking/rank_aggregation.json, and the weighted tau of the scores
 * recorded in refs/zoo/zoo.json with their aggregation. It compares nothing.
 *
 * @param content the parsed file
 * @returns one value a line, or undefined if the content has none of the three formats
 * @throws RangeError if the content has the format but an engine function refuses a number in it
 */
export function rankingCaseValues(content: unknown): CaseValue[] | undefined {
  const correlations = correlationFile.safeParse(content);
  if (correlations.success) {
    return correlations.data.cases.flatMap(({ name, labels, scores }) =>
      correlationValues(name, labels, scores),
    );
  }
  const aggregations = aggregationFile.safeParse(content);
  if (aggregations.success) {
    return aggregations.data.cases.flatMap(({ name, voters, weightedTauRankNone }) =>
      aggregationValues(name, voters, weightedTauRankNone?.labels),
    );
  }
  const zoo = zooFile.safeParse(content);
  return zoo.success ? zooValues(zoo.data) : undefined;
}

function correlationValues(name: string, labels: number[], scores: number[]): CaseValue[] {
  const m = labels.length;
  const values: Record<string, number> = {
    "weightedTau.rankNone": weightedTau(labels, scores),
    "weightedTau.rankNoneSwapped": weightedTau(scores, labels),
    "weightedTau.rankTrue": weightedTau(labels, scores, "mean"),
    kendallTauB: kendallTauB(labels, scores),
    spearman: spearman(labels, scores),
    pearson: pearson(labels, scores),
    "regret@1": regretAt(1, scores, labels),
    "regret@3": regretAt(3, scores, labels),
    top1InTop3: hitAt(3, scores, labels),
  };
  // Gains are labels where labels can be gains: NDCG is not defined for negative ones.
  if (m > 1 && labels.every((label) => label >= 0)) {
    values["ndcgLinear"] = ndcg(scores, labels);
    for (const k of [3, 5]) if (k <= m) values[`ndcgLinear@${k}`] = ndcg(scores, labels, k);
  }
  if (m > 1 && m <= 1024) {
    // A label is worth 2^r - 1, r its ascending rank from 0, ties in order of index; 2^1023 is the last float64.
    const ranks = ordinalRanks(
      "refs",
      labels.map((label) => -label),
    );
    const gains = Array.from(ranks, (rank) => 2 ** (rank - 1) - 1);
    values["ndcgExpOnRanks"] = ndcg(scores, gains);
    if (m >= 5) values["ndcgExpOnRanks@5"] = ndcg(scores, gains, 5);
  }
  return Object.entries(values).map(([key, value]) => ({ name, key, value: orNull(value) }));
}

function aggregationValues(name: string, voters: number[][], labels: number[] | undefined): CaseValue[] {
  const copelandScore = copeland(voters);
  const bordaScore = borda(voters);
  const m = copelandScore.length;
  // Both scores are half integers and Borda's stay below one step of the factor: Copeland first, Borda inside its ties.
  const copelandThenBorda = copelandScore.map(
    (score, i) => score * 2 * (voters.length * m + 1) + bordaScore[i]!,
  );
  const values: CaseValue[] = [
    { name, key: "copelandScore", value: [...copelandScore] },
    {
      name,
      key: "copelandWinsMinusLosses",
      value: Array.from(copelandScore, (score) => 2 * score - (m - 1)),
    },
    { name, key: "copelandRank", value: ascendingRanks(copelandScore) },
    { name, key: "bordaScore", value: [...bordaScore] },
    { name, key: "bordaRank", value: ascendingRanks(bordaScore) },
    { name, key: "copelandBordaTiebreakRank", value: ascendingRanks(copelandThenBorda) },
  ];
  if (labels === undefined) return values;
  const aggregates = {
    copeland: copelandScore,
    copelandOrdinal: ascendingRanks(copelandScore),
    borda: bordaScore,
  };
  for (const [aggregate, scores] of Object.entries(aggregates)) {
    values.push({
      name,
      key: `weightedTauRankNone.${aggregate}`,
      value: orNull(weightedTau(labels, scores)),
    });
  }
  return values;
}

function zooValues({ name, models }: z.infer<typeof zooFile>): CaseValue[] {
  const accuracies = models.map((model) => model.linearProbeAccuracy);
  const metrics = Object.keys(models[0]!.scores).filter((metric) =>
    models.every((model) => metric in model.scores),
  );
  const scoresOf = (metric: string): number[] => models.map((model) => model.scores[metric]!);
  const values: CaseValue[] = metrics.map((metric) => ({
    name,
    key: `weightedTauRankNone.${metric}`,
    value: orNull(weightedTau(accuracies, scoresOf(metric))),
  }));
  if (!ZOO_VOTERS.every((metric) => metrics.includes(metric))) return values;
  const voters = ZOO_VOTERS.map(scoresOf);
  const copelandScore = copeland(voters);
  values.push(
    { name, key: "rankAgg.copeland", value: [...copelandScore] },
    { name, key: "rankAgg.copelandRank", value: ascendingRanks(copelandScore) },
    { name, key: "rankAgg.borda", value: [...borda(voters)] },
    { name, key: "rankAgg.weightedTauRankNone", value: orNull(weightedTau(accuracies, copelandScore)) },
  );
  return values;
}

/** The reference files' rank vectors: 0 is the worst, M - 1 the best, the lower index of equal scores is the better one. */
function ascendingRanks(scores: ArrayLike<number>): number[] {
  return Array.from(ordinalRanks("refs", scores), (rank) => scores.length - rank);
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
