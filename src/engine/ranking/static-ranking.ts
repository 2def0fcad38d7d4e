import { meanRanks } from "./order.js";

/**
 * What is known of a zoo: one row a task, one column a PTM, null where nothing was measured. Shape [T, M].
 * Only the order inside a row is used, so rows may hold different units.
 */
export type KnownOutcomes = readonly (readonly (number | null)[])[];

/** A row of `KnownOutcomes` without its nulls: large zoos know few outcomes a task. */
export interface KnownRow {
  /** Columns, each at most once. */
  readonly known: ArrayLike<number>;
  /** One for each of `known`. */
  readonly values: ArrayLike<number>;
}

/**
 * The static ranking's score of every PTM: how it stands on average over the tasks it was measured on, whatever the task
 * to be ranked is. The baseline that every ranking is shown against.
 *
 * Formula: mean over tasks t with a known outcome of (n_t - rank_t) / (n_t - 1), n_t the number of PTMs known on t, rank_t
 * the rank (1 is best, ties share their mean) among them: the share of the others that the PTM beats. On a complete table
 * this orders as the mean rank does. A task with one known PTM says nothing about order and is left out. A PTM that no
 * task knows scores 1/2: the middle, neither a favourite nor a write-off.
 *
 * Letters: T tasks, M PTMs.
 *
 * @param outcomes shape [T, M], larger is better
 * @param m        the number of PTMs (a table without tasks does not say it)
 * @returns shape [M], in [0, 1], larger is better; equal mean ranks on a complete table are exactly equal
 * @throws RangeError if a row has another length or holds NaN
 *
 * Cost: O(T M log M).
 */
export function staticScores(outcomes: KnownOutcomes, m: number): Float64Array {
  return meanStanding(
    outcomes.map((row, t) => standing(row, m, t)),
    m,
  );
}

/**
 * As `staticScores`, to the bit. `Standings` gives the same for many questions about one table.
 *
 * Cost: O(N log M + C M), N known outcomes, C different numbers of known PTMs a task.
 */
export function staticScoresOfKnown(rows: readonly KnownRow[], m: number): Float64Array {
  return meanStanding(rows.map(standingOfKnown), m);
}

/**
 * Static scores that are fair to every task of an evaluation: those for task t never saw the outcomes on t.
 *
 * @param outcomes shape [T, M], larger is better
 * @param m        the number of PTMs
 * @returns T arrays of shape [M], as `staticScores` of the table without that row
 * @throws RangeError if a row has another length or holds NaN
 *
 * Cost: O(T M log M + T^2 M).
 */
export function staticScoresLeaveOneTaskOut(outcomes: KnownOutcomes, m: number): Float64Array[] {
  const standings = outcomes.map((row, t) => standing(row, m, t));
  return standings.map((_, left) =>
    meanStanding(
      standings.filter((_, t) => t !== left),
      m,
    ),
  );
}

/** One task's contribution: how many of the other known PTMs each known PTM beats (ties count a half). */
export interface Standing {
  /** Columns, each at most once. */
  readonly known: ArrayLike<number>;
  /** Exact half integers, one for each of `known`. */
  readonly beaten: Float64Array;
}

function standing(row: readonly (number | null)[], m: number, task: number): Standing {
  if (row.length !== m)
    throw new RangeError(`staticScores: row ${task} must hold ${m} outcomes, got ${row.length}`);
  const known: number[] = [];
  const values: number[] = [];
  for (const [ptm, value] of row.entries()) {
    if (value === null) continue;
    known.push(ptm);
    values.push(value);
  }
  return standingOfKnown({ known, values }, task);
}

/** @param task for the message. @throws RangeError if a value is NaN */
export function standingOfKnown({ known, values }: KnownRow, task: number): Standing {
  const ranks = meanRanks(`staticScores: row ${task}`, values);
  return { known, beaten: ranks.map((rank) => known.length - rank) };
}

function meanStanding(standings: readonly Standing[], m: number): Float64Array {
  const tasksKnown = new Float64Array(m);
  // One sum for each number of known PTMs: half integers add up exactly, so ties of mean ranks stay ties.
  const beatenByCount = new Map<number, Float64Array>();
  for (const { known, beaten } of standings) {
    if (known.length < 2) continue;
    const sum = beatenByCount.get(known.length) ?? new Float64Array(m);
    beatenByCount.set(known.length, sum);
    for (let i = 0; i < known.length; i++) {
      const ptm = known[i]!;
      sum[ptm] = sum[ptm]! + beaten[i]!;
      tasksKnown[ptm] = tasksKnown[ptm]! + 1;
    }
  }
  const shares = new Float64Array(m);
  // Ascending, so that a score does not depend on the order of the tasks: standings.ts adds up the same numbers.
  for (const [count, sum] of [...beatenByCount].sort(([a], [b]) => a - b)) {
    for (let ptm = 0; ptm < m; ptm++) shares[ptm] = shares[ptm]! + sum[ptm]! / (count - 1);
  }
  return shares.map((share, ptm) => (tasksKnown[ptm] === 0 ? 1 / 2 : share / tasksKnown[ptm]!));
}
