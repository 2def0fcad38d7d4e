import { requireVoters, type Voters } from "./voters.js";

/**
 * Copeland's aggregation: an item's score is the number of items it beats in a vote of two, a drawn vote counting a half.
 * The RankAgg of Model Spider's supervision.
 *
 * Formula: score_i = sum_{j != i} [wins_ij > wins_ji] + [wins_ij = wins_ji] / 2, wins_ij the voters that score i above j;
 * a voter with a tie abstains from that pair.
 * Source: Copeland 1951. Agrees with: corankco 42bff55 (refs/ranking).
 *
 * Letters: V voters, M items.
 *
 * @param voters shape [V, M], larger is better, no NaN; only the order inside a voter matters
 * @returns shape [M], in [0, M - 1], half integers, larger is better
 * @throws RangeError if there is no voter, the voters' lengths differ, or a score is NaN
 *
 * Cost: O(V M^2) time, O(M) memory.
 */
export function copeland(voters: Voters): Float64Array {
  const m = requireVoters("copeland", voters);
  const score = new Float64Array(m);
  for (let i = 0; i < m; i++) {
    for (let j = i + 1; j < m; j++) {
      let majority = 0;
      for (const scores of voters) {
        if (scores[i]! > scores[j]!) majority++;
        else if (scores[i]! < scores[j]!) majority--;
      }
      const points = (1 + Math.sign(majority)) / 2;
      score[i] = score[i]! + points;
      score[j] = score[j]! + 1 - points;
    }
  }
  return score;
}
