import { borda } from "../ranking/borda.js";
import { copeland } from "../ranking/copeland.js";
import { orderByScore } from "../ranking/order.js";
import type { Voters } from "../ranking/voters.js";
import { zSum } from "../ranking/z-sum.js";

const PARTING = 1 / 8; // less than half of 1/2, the least difference between two votes

export const AGGREGATIONS = ["COPELAND", "BORDA", "Z_SUM"] as const;
export type Aggregation = (typeof AGGREGATIONS)[number];

/**
 * Approximated performance: what a spider learns to rank by for one training task. The metrics vote; where outcomes
 * are known, they decide.
 *
 * PTMs with an outcome are put in the order of their outcomes into the places that the vote gave to them together, so
 * that a task with all outcomes is ranked by them alone, and one with none by the vote alone. Ties stay ties: which of
 * two equal PTMs comes first must not depend on the registry's order, so it is drawn anew in every epoch (drawOrder).
 *
 * Letters: V metrics, M PTMs.
 *
 * @param scores   transferability scores, [V, M], larger is better; -Infinity where a metric is undefined for a PTM
 * @param outcomes [M], NaN where none is known
 * @returns [M], larger is better; only its order has a meaning
 * @throws RangeError if there is no metric or a shape does not fit
 */
export function approximatedPerformance(
  scores: Voters,
  aggregation: Aggregation,
  outcomes?: Float64Array,
): Float64Array {
  const votes = votesOf(scores, aggregation);
  return outcomes ? withOutcomes(votes, outcomes) : votes;
}

/** In steps of a half, so that one tie or victory more is told apart from none. */
function votesOf(scores: Voters, aggregation: Aggregation): Float64Array {
  switch (aggregation) {
    case "COPELAND":
      return copeland(scores);
    case "BORDA":
      return borda(scores);
    case "Z_SUM": // only its order counts from here on
      return borda([zSum(scores)]);
  }
}

function withOutcomes(votes: Float64Array, outcomes: Float64Array): Float64Array {
  if (outcomes.length !== votes.length) {
    throw new RangeError(
      `approximatedPerformance: outcomes must hold ${votes.length} values, got ${outcomes.length}`,
    );
  }
  const known = [...outcomes.keys()].filter((ptm) => !Number.isNaN(outcomes[ptm]!));
  const held = known.map((ptm) => votes[ptm]!).sort((a, b) => b - a);
  const byOutcome = [
    ...orderByScore(
      "approximatedPerformance",
      known.map((ptm) => outcomes[ptm]!),
    ),
  ];
  const result = votes.slice();
  for (let start = 0; start < known.length;) {
    const outcome = outcomes[known[byOutcome[start]!]!]!;
    let end = start;
    while (end < known.length && outcomes[known[byOutcome[end]!]!] === outcome) end++;
    // PTMs of one outcome share the mean of the places they take together. The second term parts different outcomes
    // where the vote was a tie; it stays below the votes' grain of a half.
    const shared = held.slice(start, end).reduce((sum, vote) => sum + vote, 0) / (end - start);
    const parting = ((known.length - start - end) / known.length) * PARTING;
    for (const i of byOutcome.slice(start, end)) result[known[i]!] = shared + parting;
    start = end;
  }
  return result;
}

/**
 * A target order for the loss, best first; PTMs with equal targets come in random order.
 *
 * @param target [M], larger is better; PTMs with NaN are left out
 */
export function drawOrder(target: Float64Array, random: () => number): Int32Array {
  const ties = Float64Array.from(target, () => random());
  const ranked = [...target.keys()].filter((ptm) => !Number.isNaN(target[ptm]!));
  return Int32Array.from(ranked.sort((a, b) => target[b]! - target[a]! || ties[a]! - ties[b]!));
}
