import { mergeReranked, type MergePolicy } from "../ranking/merge-reranked.js";
import { mixWithScores, USUAL_MIXTURE } from "../ranking/mix-with-scores.js";
import { orderByScore } from "../ranking/order.js";
import { fitness } from "../spider/fitness.js";
import type { Spider } from "../spider/spider.js";
import type { TrainingTask } from "./training-set.js";
import { meanTargetTau } from "./validation.js";

/** With more, one could as well measure every PTM. */
const MOST_RUN = 10;

/** How a spider is best asked to rank again, found on tasks that it did not learn from. */
export interface RerankingChoice {
  /** Mean tau_w of the coarse ranking; null if no task has a target of two PTMs. */
  readonly validationTau: number | null;
  /** How many PTMs to run, 1 to 10; the fewest of equally good numbers. */
  readonly rerankTopK: number;
  readonly mergePolicy: MergePolicy;
  /** What counts how much, of MIXED_WITH_SCORES alone. */
  readonly mergeWeights?: Readonly<Record<string, number>>;
}

/**
 * Chooses k and the merge policy by mean tau_w on validation tasks. PTMs that a task has no target for are never run there.
 *
 * The targets are made of the scores that MIXED_WITH_SCORES mixes in, so it nearly always wins where it may be chosen; that it
 * also does on outcomes, which no target holds, is why it may be (docs/adr/0038).
 *
 * @param coarse   fitness without a run, [M] for each task
 * @param policies those that may be chosen; MIXED_WITH_SCORES only if every task has scores by a metric of the usual mixture
 *
 * Cost: O(T M C d^2) time for T tasks: about five seconds for a hundred tasks of the demo zoo.
 */
export function chooseReranking(
  spider: Spider,
  tasks: readonly TrainingTask[],
  coarse: readonly Float32Array[],
  policies: readonly MergePolicy[],
): RerankingChoice {
  const { ptms } = spider;
  const targets = tasks.map(({ target }) => target);
  const coarseTau = meanTargetTau(targets, coarse);
  const runs = tasks.map((task, t) => runBest(spider, task, coarse[t]!));
  const mixed = mixtureFor(tasks);
  const possible = policies.filter((policy) => policy !== "MIXED_WITH_SCORES" || mixed !== undefined);
  const tries = possible.flatMap((mergePolicy) =>
    Array.from({ length: Math.min(MOST_RUN, ptms.length) }, (_, i) => {
      const merged = runs.map((run, t) => {
        const done = run.slice(0, i + 1);
        const values = mergePolicy === "MIXED_WITH_SCORES" ? mixture(done, tasks[t]!, mixed!) : new Map(done);
        return placesOf(mergeReranked(coarse[t]!, values, mergePolicy));
      });
      return { rerankTopK: i + 1, mergePolicy, tau: meanTargetTau(targets, merged) };
    }),
  );
  const best = tries.reduce((best, other) => {
    const isBetter = other.tau > best.tau || (other.tau === best.tau && other.rerankTopK < best.rerankTopK);
    return isBetter ? other : best;
  });
  const { rerankTopK, mergePolicy } = best;
  return {
    validationTau: Number.isNaN(coarseTau) ? null : coarseTau,
    rerankTopK,
    mergePolicy,
    ...(mergePolicy === "MIXED_WITH_SCORES" && { mergeWeights: mixed! }),
  };
}

/** The usual mixture as far as all tasks have scores for it; undefined if that is fitness alone. */
function mixtureFor(tasks: readonly TrainingTask[]): Record<string, number> | undefined {
  const { FITNESS, ...metrics } = USUAL_MIXTURE;
  const known = Object.entries(metrics).filter(([metric]) =>
    tasks.every(({ scores }) => scores?.has(metric) === true),
  );
  return tasks.length === 0 || known.length === 0 ? undefined : { FITNESS, ...Object.fromEntries(known) };
}

/** What PTMs that were run are put in order by under MIXED_WITH_SCORES. */
function mixture(
  runs: readonly (readonly [ptm: number, fitness: number])[],
  { scores }: TrainingTask,
  { FITNESS = 0, ...metrics }: Readonly<Record<string, number>>,
): Map<number, number> {
  const values = mixWithScores(
    { weight: FITNESS, values: runs.map(([, fitness]) => fitness) },
    Object.entries(metrics).map(([metric, weight]) => ({
      weight,
      values: runs.map(([ptm]) => scores!.get(metric)![ptm]!),
    })),
  );
  return new Map(runs.map(([ptm], i) => [ptm, values[i]!]));
}

/** The best PTMs of a task by coarse fitness, in that order, each with its fitness after a run. */
function runBest(
  { parameters, ptms }: Spider,
  { taskToken, specificToken, target }: TrainingTask,
  coarse: Float32Array,
): [ptm: number, fitness: number][] {
  const best = [...orderByScore("chooseReranking", coarse)].filter((ptm) => !Number.isNaN(target[ptm]!));
  return best.slice(0, MOST_RUN).map((ptm) => {
    const { token, projection, projectionBias: bias } = ptms[ptm]!;
    return [ptm, fitness(parameters, token, taskToken, { token: specificToken(ptm), projection, bias })];
  });
}

/** The order as scores: fitness with and without a run need not be comparable. */
function placesOf(order: Int32Array): Float32Array {
  const places = new Float32Array(order.length);
  order.forEach((ptm, place) => (places[ptm] = -place));
  return places;
}
