import type { SessionOptions } from "../runtime/session.js";
import { fitness } from "../spider/fitness.js";
import type { Spider, SpiderPtm } from "../spider/spider.js";
import { fitAddedPtm, type AddedPtmTask, type FitRecipe } from "./fit-added-ptm.js";
import type { Aggregation } from "./supervision.js";
import { ofPtms, trainingTasks, withPtms, type AddedToPool, type TrainingPool } from "./training-pool.js";
import { fitnessOfTasks, meanTargetTau } from "./validation.js";

/** What a PTM that joins a zoo is fitted with; steps rather than epochs, since pools differ in size. */
const STEPS = 600;
const MOST_EPOCHS = 100;
const BATCH = 16;
const RATES = {
  learningRate: 1e-2,
  finalLearningRate: 1e-4,
  maxGradientNorm: Infinity,
  headDecay: 0,
  seed: 1,
};

/** Fewer training tasks than these say nothing about a PTM. */
export const LEAST_LEARNED = 16;
export const LEAST_VALIDATED = 4;

/**
 * How much mean tau_w on the validation tasks may fall when a PTM joins. It moves by less than .01 when the token is good;
 * a token that puts the best PTM last costs .2 (docs/adr/0032).
 */
export const LARGEST_FALL = 0.05;

export interface JoiningInput {
  readonly spider: Spider;
  /** With the PTMs of the spider, as far as it knows them. */
  readonly pool: TrainingPool;
  /** T of the pool */
  readonly taskCount: number;
  readonly added: AddedToPool;
  /** Training tasks to fit on, and others to validate on. */
  readonly learn: readonly number[];
  readonly validate: readonly number[];
  readonly aggregation: Aggregation;
}

export interface Joined {
  readonly ptm: SpiderPtm;
  /** Mean tau_w on the validation tasks of the spider's own PTMs, and of them with the added one. */
  readonly before: number;
  readonly after: number;
}

/**
 * Fits a PTM that joins a spider's zoo and measures what it does to the ranking of tasks that it was not fitted on. All but
 * the PTM's own token and projection stays as it is.
 *
 * @throws RangeError if there are too few tasks or fitting diverges; the signal's reason if aborted
 */
export async function joinZoo(
  { spider, pool, taskCount, added, learn, validate, aggregation }: JoiningInput,
  run: { readonly session: SessionOptions; readonly signal?: AbortSignal },
): Promise<Joined> {
  if (learn.length < LEAST_LEARNED || validate.length < LEAST_VALIDATED) {
    throw new RangeError(
      `joinZoo: a PTM needs at least ${LEAST_LEARNED} training tasks to learn from and ${LEAST_VALIDATED} to validate on, ` +
        `got ${learn.length} and ${validate.length}`,
    );
  }
  const tasks = await addedTasks(
    spider,
    pool,
    taskCount,
    added,
    [...learn, ...validate],
    aggregation,
    run.session,
  );
  const epochs = Math.min(MOST_EPOCHS, Math.ceil(STEPS / Math.floor(learn.length / BATCH)));
  const recipe: FitRecipe = { ...RATES, epochs, batchSize: BATCH };
  const ptm = await fitAddedPtm(spider, added, tasks.slice(0, learn.length), recipe, run);
  const validation = tasks.slice(learn.length);
  const targets = validation.map(({ target }) => target);
  return {
    ptm,
    before: meanTargetTau(
      targets.map((target) => target.slice(0, -1)),
      validation.map(({ fitness }) => fitness),
    ),
    after: meanTargetTau(
      targets,
      validation.map(({ taskToken, fitness: known }) =>
        Float32Array.of(...known, fitness(spider.parameters, ptm.token, taskToken)),
      ),
    ),
  };
}

/** Training tasks as fitAddedPtm reads them, in the order of their numbers. */
async function addedTasks(
  spider: Spider,
  pool: TrainingPool,
  taskCount: number,
  added: AddedToPool,
  numbers: readonly number[],
  aggregation: Aggregation,
  session: SessionOptions,
): Promise<AddedPtmTask[]> {
  const own = ofPtms(pool, new Set(spider.ptms.map(({ digest }) => digest)));
  const tasks = trainingTasks(withPtms(own, taskCount, [added]), numbers, aggregation);
  const places = spider.ptms.map(({ digest }) => own.ptms.findIndex((ptm) => ptm.digest === digest));
  const rows = await fitnessOfTasks(
    spider,
    tasks.map(({ taskToken }) => taskToken),
    session,
  );
  return tasks.map(({ taskToken, specificToken, target }, i) => ({
    taskToken,
    specificToken: () => specificToken(own.ptms.length),
    fitness: rows[i]!,
    target: Float64Array.of(...places.map((place) => target[place] ?? NaN), target.at(-1)!),
  }));
}
