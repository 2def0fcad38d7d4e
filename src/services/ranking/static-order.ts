import { staticScoresOfKnown } from "../../engine/ranking/static-ranking.js";
import type { Task } from "../../entities/task.js";
import { knownRows, type OutcomeSummary, outcomesOnOtherTasks, type OutcomeTable } from "./outcome-table.js";
import type { ZooIndex } from "./zoo-index.js";

/** What staticScoresOfKnown gives a PTM that no task knows. */
const UNKNOWN = 0.5;

/**
 * The static ranking of a zoo's candidates for one task: by outcomes on other tasks. A large zoo has few PTMs with an
 * outcome, so the order is kept for these alone; the others all score the same and stand in the order of their positions.
 *
 * Letters: K candidates with an outcome on another task.
 */
export class StaticOrder {
  private constructor(
    private readonly candidates: Int32Array,
    /** Candidates (indices into `candidates`) with an outcome, ascending. */
    private readonly known: Int32Array,
    private readonly scores: Float64Array,
  ) {}

  /** @returns undefined while no outcome on another task is known */
  static of(
    index: ZooIndex,
    candidates: Int32Array,
    outcomes: OutcomeTable,
    task: Pick<Task, "id" | "name">,
  ): StaticOrder | undefined {
    const others = outcomesOnOtherTasks(outcomes, task);
    const known = candidatesWith(index, candidates, new Set(others.flatMap((task) => [...task.keys()])));
    if (known.length === 0) return undefined;
    const columns = new Map(
      Array.from(known, (candidate, column) => [index.ptmIds.at(candidates[candidate]!)!, column]),
    );
    return new StaticOrder(candidates, known, staticScoresOfKnown(knownRows(others, columns), known.length));
  }

  /** Larger is better. */
  score(candidate: number): number {
    const place = lowerBound(this.known, candidate);
    return this.known[place] === candidate ? this.scores[place]! : UNKNOWN;
  }

  /** 1 is best, ties by position. Cost: O(K). */
  rank(candidate: number): number {
    const score = this.score(candidate);
    let before = 0;
    this.known.forEach((other, i) => {
      if (this.scores[i]! > score || (this.scores[i] === score && other < candidate)) before++;
    });
    if (score < UNKNOWN) before += this.candidates.length - this.known.length;
    if (score === UNKNOWN) before += candidate - lowerBound(this.known, candidate);
    return before + 1;
  }
}

/** The candidates among some PTMs, as ascending indices into `candidates`. */
export function candidatesWith(
  index: ZooIndex,
  candidates: Int32Array,
  ptmIds: ReadonlySet<string> | ReadonlyMap<string, OutcomeSummary>,
): Int32Array {
  const found: number[] = [];
  for (const id of ptmIds.keys()) {
    const position = index.positionOf(id);
    if (position === undefined) continue;
    const candidate = lowerBound(candidates, position);
    if (candidates[candidate] === position) found.push(candidate);
  }
  return Int32Array.from(found).sort();
}

/** How many of the ascending values are smaller. */
export function lowerBound(values: Int32Array, value: number): number {
  let [begin, end] = [0, values.length];
  while (begin < end) {
    const middle = (begin + end) >> 1;
    if (values[middle]! < value) begin = middle + 1;
    else end = middle;
  }
  return begin;
}
