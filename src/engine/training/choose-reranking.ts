import { mergeReranked, type MergePolicy } from "../ranking/merge-reranked.js";
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
}

/**
 * Chooses k and the merge policy by mean tau_w on validation tasks. PTMs that a task has no target for are never run there.
 *
 * @param policies those that may be chosen
 *
 * Cost: O(T M C d^2) time for T tasks: about five seconds for a hundred tasks of the demo zoo.
 */
export function chooseReranking(
  spider: Spider,
  tasks: readonly TrainingTask[],
  policies: readonly MergePolicy[],
): RerankingChoice {
  const { parameters, ptms } = spider;
  const targets = tasks.map(({ target }) => target);
  const coarse = tasks.map(({ taskToken }) =>
    Float32Array.from(ptms, ({ token }) => fitness(parameters, token, taskToken)),
  );
  const coarseTau = meanTargetTau(targets, coarse);
  const runs = tasks.map((task, t) => runBest(spider, task, coarse[t]!));
  const tries = policies.flatMap((mergePolicy) =>
    Array.from({ length: Math.min(MOST_RUN, ptms.length) }, (_, i) => {
      const merged = runs.map((run, t) =>
        placesOf(mergeReranked(coarse[t]!, new Map(run.slice(0, i + 1)), mergePolicy)),
      );
      return { rerankTopK: i + 1, mergePolicy, tau: meanTargetTau(targets, merged) };
    }),
  );
  const best = tries.reduce((best, other) => {
    const isBetter = other.tau > best.tau || (other.tau === best.tau && other.rerankTopK < best.rerankTopK);
    return isBetter ? other : best;
  });
  const { rerankTopK, mergePolicy } = best;
  return { validationTau: Number.isNaN(coarseTau) ? null : coarseTau, rerankTopK, mergePolicy };
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
