import type { Standing } from "./static-ranking.js";

/** Static scores of the PTMs that some task has measured; all others score 1/2. */
export interface MeasuredScores {
  /** Columns, ascending. */
  readonly measured: Int32Array;
  /** One for each of `measured`, in [0, 1], larger is better. */
  readonly scores: Float64Array;
}

/**
 * The standings of all tasks, ready to be asked without some of them. Only the PTMs of the tasks that are left out are
 * counted anew, so a question costs a copy of the scores. Gives what `staticScoresOfKnown` gives for the other rows, to the
 * bit: the halves of one number of known PTMs add up exactly, in any order, and the numbers come in ascending order in both.
 *
 * Letters: N known outcomes, K measured PTMs, L outcomes of a task.
 */
export class Standings {
  readonly #tasks: readonly Standing[];
  /** Places of the measured columns, ascending. */
  readonly #measured: Int32Array;
  readonly #scores: Float64Array;
  /** Of the PTM at place p: entries begins[p] to begins[p + 1], by ascending number of PTMs that the task knows. */
  readonly #begins: Int32Array;
  readonly #taskOf: Int32Array;
  readonly #beaten: Float64Array;
  readonly #places: ReadonlyMap<number, number>;

  /** Cost: O(N + K log K). */
  constructor(tasks: readonly Standing[]) {
    this.#tasks = tasks;
    const counts = new Map<number, number>();
    for (const { known } of tasks) {
      for (let i = 0; i < known.length; i++) counts.set(known[i]!, (counts.get(known[i]!) ?? 0) + 1);
    }
    this.#measured = Int32Array.from(counts.keys()).sort();
    this.#places = new Map(Array.from(this.#measured, (column, place) => [column, place]));
    this.#begins = new Int32Array(this.#measured.length + 1);
    this.#measured.forEach((column, place) => {
      this.#begins[place + 1] = this.#begins[place]! + counts.get(column)!;
    });
    const total = this.#begins.at(-1)!;
    this.#taskOf = new Int32Array(total);
    this.#beaten = new Float64Array(total);
    const next = this.#begins.slice();
    for (const task of [...tasks.keys()].sort((a, b) => tasks[a]!.known.length - tasks[b]!.known.length)) {
      const { known, beaten } = tasks[task]!;
      for (let i = 0; i < known.length; i++) {
        const place = this.#places.get(known[i]!)!;
        const entry = next[place]!++;
        this.#taskOf[entry] = task;
        this.#beaten[entry] = beaten[i]!;
      }
    }
    const none = new Set<number>();
    this.#scores = Float64Array.from(this.#measured, (_, place) => this.#score(place, none)!);
  }

  /**
   * The scores without what some tasks say.
   *
   * @param left the tasks' indices
   *
   * Cost: O(K + L log K) for each of the tasks, times the tasks that know one PTM.
   */
  without(left: readonly number[]): MeasuredScores {
    const tasks = new Set(left);
    const scores = this.#scores.slice();
    let gone = 0;
    for (const task of tasks) {
      const { known } = this.#tasks[task]!;
      for (let i = 0; i < known.length; i++) {
        const place = this.#places.get(known[i]!)!;
        if (Number.isNaN(scores[place])) continue;
        const score = this.#score(place, tasks);
        scores[place] = score ?? NaN;
        if (score === undefined) gone++;
      }
    }
    if (gone === 0) return { measured: this.#measured, scores };
    return {
      measured: this.#measured.filter((_, place) => !Number.isNaN(scores[place])),
      scores: scores.filter((score) => !Number.isNaN(score)),
    };
  }

  /** Undefined if no other task has measured the PTM. */
  #score(place: number, left: ReadonlySet<number>): number | undefined {
    let [share, tasksKnown, count, sum] = [0, 0, 0, 0];
    let isMeasured = false;
    for (let entry = this.#begins[place]!; entry < this.#begins[place + 1]!; entry++) {
      const task = this.#taskOf[entry]!;
      if (left.has(task)) continue;
      isMeasured = true;
      const known = this.#tasks[task]!.known.length;
      if (known < 2) continue;
      if (known !== count) {
        if (count > 0) share += sum / (count - 1);
        [count, sum] = [known, 0];
      }
      sum += this.#beaten[entry]!;
      tasksKnown++;
    }
    if (!isMeasured) return undefined;
    return tasksKnown === 0 ? 1 / 2 : (share + sum / (count - 1)) / tasksKnown;
  }
}
