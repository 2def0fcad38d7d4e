import { meanRanks } from "./order.js";
import { requireVoters, type Voters } from "./voters.js";

/**
 * Borda's aggregation: an item's score is the number of items below it, summed over the voters, ties counting a half.
 *
 * Formula: score_i = sum_v (M - rank_vi), ranks from 1 (best), ties sharing their mean rank.
 * Source: Borda 1784. Agrees with: refs/ranking (corankco differs where a voter has ties).
 *
 * Letters: V voters, M items.
 *
 * @param voters shape [V, M], larger is better, no NaN; only the order inside a voter matters
 * @returns shape [M], in [0, V (M - 1)], half integers, larger is better
 * @throws RangeError if there is no voter, the voters' lengths differ, or a score is NaN
 *
 * Cost: O(V M log M) time, O(M) memory.
 */
export function borda(voters: Voters): Float64Array {
  const m = requireVoters("borda", voters);
  const score = new Float64Array(m);
  for (const scores of voters) {
    const ranks = meanRanks("borda", scores);
    for (let i = 0; i < m; i++) score[i] = score[i]! + m - ranks[i]!;
  }
  return score;
}
