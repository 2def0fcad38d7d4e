import { orderByScore } from "./order.js";

/** How PTMs that were run on a task take their places among those that were not. */
export const MERGE_POLICIES = ["AMONG_THEMSELVES", "FULL_LIST", "MIXED_WITH_SCORES"] as const;
export type MergePolicy = (typeof MERGE_POLICIES)[number];

/**
 * The order of a zoo after some of its PTMs were run on the task.
 *
 * AMONG_THEMSELVES: the PTMs that were run keep the set of places that the coarse order gave them and fill it in the order
 * of their new scores. Fitness with and without specific rows then need not be comparable, and new scores may have any unit.
 * MIXED_WITH_SCORES: the same for new scores that are mixtures (mix-with-scores.ts), which have no unit in common with the
 * coarse ones.
 * FULL_LIST: everything is sorted anew, the new scores of those that were run beside the coarse scores of the others.
 *
 * Letters: M PTMs.
 *
 * @param coarse   shape [M], the scores without a run, larger is better
 * @param reranked the new scores by item; empty gives the coarse order
 * @returns item indices, best first, shape [M]; equal scores by lower index, and those that were run by coarse place unless FULL_LIST
 * @throws RangeError if a score is NaN or an item is not in [0, M)
 *
 * Source: the paper re-orders the k alone; FULL_LIST is the alternative of engine.md section 5. Cost: O(M log M).
 */
export function mergeReranked(
  coarse: ArrayLike<number>,
  reranked: ReadonlyMap<number, number>,
  policy: MergePolicy,
): Int32Array {
  for (const item of reranked.keys()) {
    if (!Number.isInteger(item) || item < 0 || item >= coarse.length) {
      throw new RangeError(`mergeReranked: an item must be an integer in [0, ${coarse.length}), got ${item}`);
    }
  }
  if (policy === "FULL_LIST") {
    return orderByScore(
      "mergeReranked",
      Float64Array.from(coarse, (score, item) => reranked.get(item) ?? score),
    );
  }
  const order = orderByScore("mergeReranked", coarse);
  const places = [...order.keys()].filter((place) => reranked.has(order[place]!));
  const items = places.map((place) => order[place]!);
  const anew = orderByScore(
    "mergeReranked",
    items.map((item) => reranked.get(item)!),
  );
  for (const [i, place] of places.entries()) order[place] = items[anew[i]!]!;
  return order;
}
