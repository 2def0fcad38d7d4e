import type { Matrix } from "../matrix.js";
import { type Best, BestSoFar } from "../ranking/best-so-far.js";
import { familyScoresOfMeasured } from "../ranking/family-scores.js";
import type { MeasuredScores } from "../ranking/standings.js";
import { withCompanions } from "../ranking/with-companions.js";
import { withPrior } from "../ranking/with-prior.js";
import type { CompanionSessions } from "./companion-sessions.js";
import { tokenKey } from "./remembered-tasks.js";
import type { ZooSessions } from "./zoo-sessions.js";

/** Memory for the fitness of tasks that were ranked lately: thousands for a small zoo, two for a million PTMs. */
const REMEMBERED_BYTES = 8 * 1024 * 1024;
/** What a task takes besides: its key and what companions say of some dozen PTMs. */
const TASK_BYTES = 2048;
/** And for that of tasks that are scored together: sixteen for a million PTMs. */
const TOGETHER_BYTES = 64 * 1024 * 1024;
/** PTMs whose fitness is computed anew from exact tokens, where a zoo's are too narrow to tell the best apart. */
const RESCORED = 100;

/** Where the PTMs that a spider's companions know are in a zoo; both lists in one order, shape [L] each. */
export interface LearnedPlaces {
  /** In the zoo. */
  readonly positions: Int32Array;
  /** Among the PTMs that the companions know. */
  readonly places: Int32Array;
}

/** What rankings of a zoo have to know about its PTMs besides their tokens. */
export interface ZooNotes {
  /** Absent: no companion has a say. */
  readonly learned?: LearnedPlaces | undefined;
  /** Numbers of the PTMs' families by position, shape [M]; needed where questions bring a prior. */
  readonly families?: Int32Array | undefined;
}

/** What counts besides fitness (ranking/with-prior.ts). */
export interface Prior {
  /** > 0 */
  readonly weight: number;
  /** What is known of the PTMs from other tasks; may be of none. */
  readonly outcomes: MeasuredScores;
}

/** A question for the k best PTMs. */
export interface BestQuestion {
  /** mu [C, d_psi] */
  readonly taskToken: Matrix;
  readonly k: number;
  /** The PTMs that may enter, bit i & 7 of byte i >> 3 for PTM i; absent: all. */
  readonly admitted?: Uint8Array | undefined;
  /** Absent: ranked by fitness alone. */
  readonly prior?: Prior | undefined;
  /** Positions of PTMs whose fitness is asked for too. */
  readonly of?: Int32Array | undefined;
}

export interface BestAnswer extends Best {
  /** Fitness of the PTMs that were asked for, in their order. */
  readonly ofAsked: Float32Array;
}

/** A task's fitness before the companions and the prior have their say. */
interface Scored {
  /** The spider's, shape [M]. */
  readonly own: Float32Array;
  /** Each companion's, of the PTMs that it knows. */
  readonly companions: readonly Float32Array[];
}

/**
 * A zoo as rankings order it: the spider's fitness, the say of its companions and the prior from outcomes. It lives with the
 * scorer, so that of a large zoo only what is asked for comes to the thread that answers.
 *
 * Letters: M PTMs, C classes.
 */
export class RankedZoo {
  /** Of the tasks that were ranked last, the latest behind. */
  readonly #remembered = new Map<string, Scored>();
  #notes: ZooNotes = {};
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly zoo: ZooSessions,
    private readonly companions: CompanionSessions,
  ) {}

  /** @throws RangeError if there is not a family for every PTM, or a place is beyond the zoo */
  note(notes: ZooNotes): void {
    const { learned, families } = notes;
    if (families !== undefined && families.length !== this.zoo.size) {
      throw new RangeError(
        `rankedZoo: a zoo of ${this.zoo.size} PTMs cannot have ${families.length} families`,
      );
    }
    const beyond = learned?.positions.find((position) => !(position >= 0 && position < this.zoo.size));
    if (beyond !== undefined) {
      throw new RangeError(`rankedZoo: positions must be in [0, ${this.zoo.size}), got ${beyond}`);
    }
    this.#notes = notes;
  }

  /**
   * What rankings order all PTMs by.
   *
   * @returns shape [M], by position; the caller's own
   * @throws RangeError if a fitness is not finite
   */
  score(taskToken: Matrix, prior?: Prior): Promise<Float32Array> {
    return this.#inTurn(async () => {
      const [scored] = await this.#scoresOf([taskToken]);
      const fitness = this.#fitness(scored!, prior);
      return fitness === scored!.own ? fitness.slice() : fitness;
    });
  }

  /**
   * The k best PTMs for each question, best first, equal fitness by position; tasks share passes over the tokens. Narrow
   * tokens that have exact ones behind them only choose the candidates, whose order and fitness come from the exact ones.
   *
   * @throws RangeError if a fitness is not finite
   *
   * Cost: that of the spider's fitness for each task that was not ranked lately, and O(M) a question.
   */
  best(questions: readonly BestQuestion[]): Promise<BestAnswer[]> {
    return this.#inTurn(async () => {
      const atOnce = this.#tasksIn(TOGETHER_BYTES);
      const answers: BestAnswer[] = [];
      for (let start = 0; start < questions.length; start += atOnce) {
        const group = questions.slice(start, start + atOnce);
        const scored = await this.#scoresOf(group.map(({ taskToken }) => taskToken));
        for (const [i, question] of group.entries()) answers.push(await this.#best(scored[i]!, question));
      }
      return answers;
    });
  }

  /** One after the other: memory of tasks that are forgotten serves the next. */
  #inTurn<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    const answer = this.#turn.then(work);
    this.#turn = answer.catch(() => undefined);
    return answer;
  }

  #tasksIn(bytes: number): number {
    return Math.max(1, Math.floor(bytes / (4 * this.zoo.size + TASK_BYTES)));
  }

  async #scoresOf(taskTokens: readonly Matrix[]): Promise<Scored[]> {
    const keys = taskTokens.map(tokenKey);
    const scored = new Map<string, Scored>();
    const unknown = new Map<string, Matrix>();
    for (const [i, key] of keys.entries()) {
      const known = this.#remembered.get(key);
      if (known === undefined) unknown.set(key, taskTokens[i]!);
      else scored.set(key, known);
    }
    for (const [key, known] of scored) this.#remember(key, known);
    const own = Array.from(unknown.keys(), () => this.#takeVector(scored));
    const tasks = [...unknown.values()];
    await this.zoo.scoreMany(tasks, own);
    const companions = await this.companions.scoreMany(tasks);
    for (const [i, key] of [...unknown.keys()].entries()) {
      scored.set(key, { own: own[i]!, companions: companions[i]! });
      this.#remember(key, scored.get(key)!);
    }
    return keys.map((key) => scored.get(key)!);
  }

  #remember(key: string, scored: Scored): void {
    this.#remembered.delete(key);
    this.#remembered.set(key, scored);
    if (this.#remembered.size <= this.#tasksIn(REMEMBERED_BYTES)) return;
    const [oldest] = this.#remembered.keys();
    this.#remembered.delete(oldest!);
  }

  /** Memory for another task: that of the one that has to be forgotten for it, if it is not among those that are needed. */
  #takeVector(needed: ReadonlyMap<string, Scored>): Float32Array {
    const [oldest] = this.#remembered;
    if (this.#remembered.size < this.#tasksIn(REMEMBERED_BYTES) || !oldest || needed.has(oldest[0])) {
      return new Float32Array(this.zoo.size);
    }
    this.#remembered.delete(oldest[0]);
    return oldest[1].own;
  }

  #fitness({ own, companions }: Scored, prior?: Prior): Float32Array {
    const { learned, families } = this.#notes;
    const fitness =
      learned === undefined
        ? own
        : withCompanions(
            own,
            learned.positions,
            companions.map((known) => Float32Array.from(learned.places, (place) => known[place]!)),
          );
    if (prior === undefined || fitness.length === 0) return fitness;
    const { outcomes, weight } = prior;
    if (outcomes.measured.length === 0) return withPrior(fitness, undefined, weight);
    if (families === undefined) throw new TypeError("rankedZoo: a prior needs the families of the PTMs");
    return withPrior(fitness, familyScoresOfMeasured(outcomes, families), weight);
  }

  async #best(scored: Scored, { taskToken, k, admitted, prior, of }: BestQuestion): Promise<BestAnswer> {
    let fitness = this.#fitness(scored, prior);
    let best = bestOf(fitness, this.zoo.isNarrow ? Math.max(k, RESCORED) : k, admitted);
    if (this.zoo.isNarrow) {
      const candidates = best.positions.sort();
      const exact = await this.zoo.scoreExactly(taskToken, candidates);
      const own = scored.own.slice();
      candidates.forEach((position, i) => (own[position] = exact[i]!));
      fitness = this.#fitness({ ...scored, own }, prior);
      const again = bestOf(pick(fitness, candidates), k);
      best = { positions: again.positions.map((i) => candidates[i]!), scores: again.scores };
    }
    return { ...best, ofAsked: pick(fitness, of ?? new Int32Array()) };
  }
}

function bestOf(fitness: Float32Array, k: number, admitted?: Uint8Array): Best {
  const best = new BestSoFar(k);
  best.add(0, fitness, admitted);
  return best.best();
}

function pick(values: Float32Array, places: Int32Array): Float32Array {
  return Float32Array.from(places, (place) => values[place]!);
}
