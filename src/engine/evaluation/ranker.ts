import type { KnownOutcomes } from "../ranking/static-ranking.js";

/** What every ranking is measured against: the outcomes of a zoo on several tasks. Letters: T tasks, M PTMs. */
export interface OutcomeTable {
  /** Names, shape [M]. */
  readonly ptms: readonly string[];
  /** Names, shape [T]. */
  readonly tasks: readonly string[];
  /** Shape [T, M], larger is better; null where nothing was measured: that pair is left out of that task. */
  readonly outcomes: KnownOutcomes;
  /**
   * Outcomes on tasks that are not ranked here, shape [T', M]: what the static ranking knows besides. Absent: none.
   */
  readonly furtherOutcomes?: readonly (readonly (number | null)[])[];
  /** Turns a difference of outcomes into points: 100 where outcomes are fractions, 1 where they are percentages. */
  readonly pointsPerUnit: number;
}

/** A way to rank the zoo, with what it answered and what the answer cost. */
export interface Ranker {
  /** Unique among the rankers of an evaluation. */
  readonly name: string;
  /** One answer a task, in the table's order, shape [T]. */
  readonly rankings: readonly TaskRanking[];
}

/** What a ranker says about one task. */
export interface TaskRanking {
  /** Shape [M], larger is better, no NaN. */
  readonly fitness: ArrayLike<number>;
  /** How many PTMs were run on the task's samples. */
  readonly forwardPasses: number;
  readonly seconds: number;
}

/**
 * Refuses a table that cannot be evaluated.
 *
 * @throws RangeError if there is no task, a shape is wrong, an outcome is not finite, or a task knows fewer than two PTMs
 */
export function requireTable({ ptms, tasks, outcomes, pointsPerUnit }: OutcomeTable): void {
  if (tasks.length === 0) throw new RangeError("evaluateRankers: there must be at least one task, got none");
  if (!(pointsPerUnit > 0)) {
    throw new RangeError(`evaluateRankers: pointsPerUnit must be a positive number, got ${pointsPerUnit}`);
  }
  if (outcomes.length !== tasks.length) {
    throw new RangeError(
      `evaluateRankers: ${tasks.length} tasks need as many rows of outcomes, got ${outcomes.length}`,
    );
  }
  for (const [t, row] of outcomes.entries()) {
    if (row.length !== ptms.length) {
      throw new RangeError(
        `evaluateRankers: task "${tasks[t]}" needs ${ptms.length} outcomes, got ${row.length}`,
      );
    }
    const wrong = row.findIndex((value) => value !== null && !Number.isFinite(value));
    if (wrong !== -1) {
      throw new RangeError(
        `evaluateRankers: the outcome of "${ptms[wrong]}" on "${tasks[t]}" must be finite or null, got ${row[wrong]}`,
      );
    }
    const known = row.filter((value) => value !== null).length;
    if (known < 2) {
      throw new RangeError(
        `evaluateRankers: task "${tasks[t]}" needs outcomes of at least two PTMs, got ${known}`,
      );
    }
  }
}

/**
 * Refuses rankers that do not answer for the table.
 *
 * @param taken names that the evaluation gives to rows of its own
 * @throws RangeError if two rankers share a name, a shape is wrong, or a fitness is NaN
 */
export function requireRankers(
  { ptms, tasks }: OutcomeTable,
  rankers: readonly Ranker[],
  taken: readonly string[],
): void {
  const names = new Set(taken);
  for (const { name, rankings } of rankers) {
    if (names.has(name)) throw new RangeError(`evaluateRankers: two rankers are called "${name}"`);
    names.add(name);
    if (rankings.length !== tasks.length) {
      throw new RangeError(
        `evaluateRankers: ranker "${name}" must answer for ${tasks.length} tasks, got ${rankings.length}`,
      );
    }
    for (const [t, { fitness }] of rankings.entries()) {
      if (fitness.length !== ptms.length) {
        throw new RangeError(
          `evaluateRankers: ranker "${name}" must score ${ptms.length} PTMs on "${tasks[t]}", got ${fitness.length}`,
        );
      }
      const wrong = Array.from(fitness).findIndex((value) => Number.isNaN(value));
      if (wrong !== -1) {
        throw new RangeError(
          `evaluateRankers: ranker "${name}" scores "${ptms[wrong]}" with NaN on "${tasks[t]}", expected a number`,
        );
      }
    }
  }
}
