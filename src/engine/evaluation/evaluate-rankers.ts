import { uniformStream } from "../random.js";
import { hitAt } from "../ranking/hit.js";
import { regretAt } from "../ranking/regret.js";
import { staticScoresLeaveOneTaskOut } from "../ranking/static-ranking.js";
import { weightedTau } from "../ranking/weighted-tau.js";
import { estimateMean, resampleTasks, type Estimate } from "./bootstrap.js";
import { requireRankers, requireTable, type OutcomeTable, type Ranker, type TaskRanking } from "./ranker.js";

/** How good one ranker's answer on one task is, and what it cost. */
export interface TaskQuality {
  /** Weighted tau, outcomes first, in [-1, 1]; null where it is undefined (all fitness or all outcomes are equal). */
  readonly tauW: number | null;
  /** Points, >= 0, smaller is better. */
  readonly regret1: number;
  readonly regret3: number;
  /** 1 if the PTM ranked first is one of the three best, 0 if not; a share for the random ranker. */
  readonly hit3: number;
  readonly forwardPasses: number;
  readonly seconds: number;
}

/** Means over tasks. */
export interface MeanQuality {
  readonly tauW: Estimate | null;
  readonly regret1: Estimate;
  readonly regret3: Estimate;
  readonly hit3: Estimate;
  readonly forwardPasses: number;
  readonly seconds: number;
}

export interface RankerEvaluation {
  readonly ranker: string;
  /** In the order of the evaluation's tasks. */
  readonly tasks: readonly TaskQuality[];
  readonly mean: MeanQuality;
}

export interface Evaluation {
  readonly tasks: readonly string[];
  readonly zooSize: number;
  /** The given rankers in their order, then the static ranking and random. */
  readonly rankers: readonly RankerEvaluation[];
}

/** The rows that every evaluation has. */
export const STATIC_RANKER = "static ranking";
export const RANDOM_RANKER = "random";

/** One random order says little: its row is the mean over this many. */
const RANDOM_DRAWS = 100;

/**
 * Measures rankers against outcomes. The static ranking (from the outcomes on all tasks but the one ranked) and random
 * orders are always among them: an evaluation without them does not tell whether looking at the task was worth it.
 *
 * A pair without outcome is left out of its task: its PTM is neither ranked nor missed there.
 *
 * Letters: T tasks, M PTMs.
 *
 * @param table   outcomes, shape [T, M]
 * @param rankers each with a fitness of every PTM on every task
 * @param seed    an integer: draws the random orders and the bootstrap, the same for the same seed
 * @returns per task and as means over tasks with 95 % bootstrap intervals over tasks
 * @throws RangeError if a shape is wrong, an outcome is not finite, a fitness is NaN, two rankers share a name, or a task
 *         has outcomes of fewer than two PTMs
 *
 * Cost: O(R T M log M) time for R rankers, plus 2000 resamples of T tasks each.
 */
export function evaluateRankers(table: OutcomeTable, rankers: readonly Ranker[], seed: number): Evaluation {
  requireTable(table);
  requireRankers(table, rankers, [STATIC_RANKER, RANDOM_RANKER]);
  const knowns = table.outcomes.map(knownOutcomes);
  const uniform = uniformStream(seed);
  const samples = resampleTasks(table.tasks.length, uniform);

  const rows = [...rankers, staticRanker(table)].map(({ name, rankings }) => ({
    name,
    tasks: knowns.map((known, t) => taskQuality(known, rankings[t]!, table.pointsPerUnit)),
  }));
  rows.push({ name: RANDOM_RANKER, tasks: randomQualities(table, knowns, uniform) });
  return {
    tasks: table.tasks,
    zooSize: table.ptms.length,
    rankers: rows.map(({ name, tasks }) => ({ ranker: name, tasks, mean: meanQuality(tasks, samples) })),
  };
}

/** The PTMs that have an outcome on a task. */
interface KnownOnTask {
  readonly ptms: readonly number[];
  readonly outcomes: Float64Array;
}

function knownOutcomes(row: readonly (number | null)[]): KnownOnTask {
  const ptms: number[] = [];
  const outcomes: number[] = [];
  for (const [ptm, value] of row.entries()) {
    if (value === null) continue;
    ptms.push(ptm);
    outcomes.push(value);
  }
  return { ptms, outcomes: Float64Array.from(outcomes) };
}

function taskQuality(
  { ptms, outcomes }: KnownOnTask,
  { fitness, forwardPasses, seconds }: TaskRanking,
  pointsPerUnit: number,
): TaskQuality {
  const known = Float64Array.from(ptms, (ptm) => fitness[ptm]!);
  const tauW = weightedTau(outcomes, known);
  return {
    tauW: Number.isNaN(tauW) ? null : tauW,
    regret1: pointsPerUnit * regretAt(1, known, outcomes),
    regret3: pointsPerUnit * regretAt(3, known, outcomes),
    hit3: hitAt(3, known, outcomes),
    forwardPasses,
    seconds,
  };
}

function staticRanker(table: OutcomeTable): Ranker {
  const known = [...table.outcomes, ...(table.furtherOutcomes ?? [])];
  const scores = staticScoresLeaveOneTaskOut(known, table.ptms.length).slice(0, table.tasks.length);
  return {
    name: STATIC_RANKER,
    rankings: scores.map((fitness) => ({ fitness, forwardPasses: 0, seconds: 0 })),
  };
}

function randomQualities(
  table: OutcomeTable,
  knowns: readonly KnownOnTask[],
  uniform: () => number,
): TaskQuality[] {
  return knowns.map((known) => {
    const draws = Array.from({ length: RANDOM_DRAWS }, () => {
      const fitness = Float64Array.from(table.ptms, uniform);
      return taskQuality(known, { fitness, forwardPasses: 0, seconds: 0 }, table.pointsPerUnit);
    });
    const meanOf = (quantity: (quality: TaskQuality) => number): number =>
      draws.reduce((sum, quality) => sum + quantity(quality), 0) / draws.length;
    return {
      // Undefined for one order is undefined for all: the outcomes are then equal.
      tauW: draws[0]!.tauW === null ? null : meanOf(({ tauW }) => tauW!),
      regret1: meanOf(({ regret1 }) => regret1),
      regret3: meanOf(({ regret3 }) => regret3),
      hit3: meanOf(({ hit3 }) => hit3),
      forwardPasses: 0,
      seconds: 0,
    };
  });
}

function meanQuality(tasks: readonly TaskQuality[], samples: readonly Int32Array[]): MeanQuality {
  const estimate = (quantity: (quality: TaskQuality) => number | null): Estimate | null =>
    estimateMean(tasks.map(quantity), samples);
  const plainMean = (quantity: (quality: TaskQuality) => number): number =>
    tasks.reduce((sum, quality) => sum + quantity(quality), 0) / tasks.length;
  return {
    tauW: estimate(({ tauW }) => tauW),
    // Regret and hits are defined on every task, so these are never null.
    regret1: estimate(({ regret1 }) => regret1)!,
    regret3: estimate(({ regret3 }) => regret3)!,
    hit3: estimate(({ hit3 }) => hit3)!,
    forwardPasses: plainMean(({ forwardPasses }) => forwardPasses),
    seconds: plainMean(({ seconds }) => seconds),
  };
}
