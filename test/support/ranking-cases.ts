import { readFileSync } from "node:fs";

import { repositoryRoot } from "./paths.js";

/** One case of test/refs/ranking/correlation.json. */
export interface CorrelationCase {
  readonly name: string;
  readonly labels: number[];
  readonly scores: number[];
  /** By canonical key; a null value is undefined (NaN in scipy). */
  readonly expected: Record<string, { readonly value: number | null; readonly tolerance: number }>;
}

/** One case of test/refs/ranking/rank_aggregation.json. */
export interface AggregationCase {
  readonly name: string;
  readonly voters: number[][];
  readonly expected: { readonly copelandScore: number[]; readonly bordaScore: number[] } & Record<
    string,
    unknown
  >;
  /** Weighted tau of the aggregates against measured accuracies (`labels`), in the cases from the paper's data. */
  readonly weightedTauRankNone?: Record<string, number | number[]>;
}

/** The content of a file under test/refs. */
export function readReference(path: string): unknown {
  return JSON.parse(readFileSync(new URL(`test/refs/${path}`, repositoryRoot), "utf8"));
}

export function correlationCases(): readonly CorrelationCase[] {
  return (readReference("ranking/correlation.json") as { cases: CorrelationCase[] }).cases;
}

export function aggregationCases(): readonly AggregationCase[] {
  return (readReference("ranking/rank_aggregation.json") as { cases: AggregationCase[] }).cases;
}
