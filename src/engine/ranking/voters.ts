import { requireOrderable } from "./order.js";

/** Rankings to be aggregated: one row a voter (a metric), one score an item (a PTM), larger is better. Shape [V, M]. */
export type Voters = readonly ArrayLike<number>[];

/**
 * Checks what every aggregation asks of its voters.
 *
 * @param who the calling function, for the messages
 * @returns M, the number of items
 * @throws RangeError if there is no voter, a voter has another number of items, or a score is NaN
 */
export function requireVoters(who: string, voters: Voters): number {
  const [firstVoter] = voters;
  if (firstVoter === undefined) throw new RangeError(`${who}: there must be at least one voter, got none`);
  for (const [v, scores] of voters.entries()) {
    if (scores.length !== firstVoter.length) {
      throw new RangeError(`${who}: voter ${v} must score ${firstVoter.length} items, got ${scores.length}`);
    }
    requireOrderable(who, `score of voter ${v}`, scores);
  }
  return firstVoter.length;
}
