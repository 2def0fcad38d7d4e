import { requireVoters, type Voters } from "./voters.js";
import { zScores } from "./z-scores.js";

/**
 * Aggregation that listens to how far apart the voters see the items, not only to their order: the sum of z-scores.
 *
 * Letters: V voters, M items.
 *
 * @param voters shape [V, M], larger is better; -Infinity stands with the voter's least finite score
 * @returns shape [M], larger is better
 * @throws RangeError if there is no voter, the voters' lengths differ, or a score is NaN or +Infinity
 *
 * Cost: O(V M).
 */
export function zSum(voters: Voters): Float64Array {
  const sum = new Float64Array(requireVoters("zSum", voters));
  for (const voter of voters) zScores(voter).forEach((score, i) => (sum[i]! += score));
  return sum;
}
