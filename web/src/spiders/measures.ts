import type { SpiderEvaluationQuery } from "../generated/documents.ts";

export type Ranker = NonNullable<
  NonNullable<SpiderEvaluationQuery["spider"]>["evaluation"]
>["rankers"][number];

/** How rankers are compared: the field of that name in means and in task rows alike. */
export interface Measure {
  readonly field: "tauW" | "regret1";
  readonly name: string;
  readonly about: string;
  readonly digits: number;
  /** How deep a cell's colour is, 0 to 1: the same for every spider, so that two of them can be compared by eye. */
  readonly depth: (value: number) => number;
  /** Negative if `a` is the better mean. */
  readonly order: (a: number, b: number) => number;
}

/** Points of regret from which on a cell is as deep as cells get. */
const DEEPEST_REGRET = 20;

export const MEASURES: readonly Measure[] = [
  {
    field: "tauW",
    name: "weighted τ",
    about: "Agreement with what was measured: 1 is full, 0 is chance. Deeper is better.",
    digits: 2,
    depth: (value) => Math.min(1, Math.max(0, value)),
    order: (a, b) => b - a,
  },
  {
    field: "regret1",
    name: "regret@1",
    about: `Points lost by taking the first PTM. Deeper is worse, up to ${DEEPEST_REGRET} points.`,
    digits: 1,
    depth: (value) => Math.min(1, Math.max(0, value / DEEPEST_REGRET)),
    order: (a, b) => a - b,
  },
];
