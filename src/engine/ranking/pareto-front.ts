/**
 * The items of a zoo that nothing beats: no other is at least as fit and at most as costly in everything, and better in
 * something. Items that are equal in everything beat each other nowhere, so both stay.
 *
 * Letters: M items, F of them on the front, V costs.
 *
 * @param fitness shape [M], larger is better, no NaN
 * @param costs   one array [M] for each cost, smaller is better, no NaN; at least one
 * @returns places on the front, fittest first, of equal fitness the cheaper first (by the first cost, then the second ...),
 *   of equal items the lower place
 * @throws RangeError if lengths differ, there is no cost, or a number is NaN
 *
 * Cost: O(M log M) for one cost; O(M log M + M F V) for more. Only what comes earlier in the order can beat an item, and if
 * anything does, something on the front does.
 */
export function paretoFront(fitness: ArrayLike<number>, costs: readonly ArrayLike<number>[]): Int32Array {
  requireComparable(fitness, costs);
  const order = Int32Array.from({ length: fitness.length }, (_, item) => item).sort(
    (a, b) => fitness[b]! - fitness[a]! || firstDifference(costs, a, b) || a - b,
  );
  const front: number[] = [];
  for (const item of order) {
    // With one cost the last of the front is the cheapest so far, and the fittest of its price.
    const rivals = costs.length === 1 ? front.slice(-1) : front;
    if (!rivals.some((rival) => beats(rival, item, fitness, costs))) front.push(item);
  }
  return Int32Array.from(front);
}

/** The same as it is said: every item against every other, in the order of items. O(M^2 V). */
export function paretoFrontByPairs(
  fitness: ArrayLike<number>,
  costs: readonly ArrayLike<number>[],
): Int32Array {
  requireComparable(fitness, costs);
  const items = Array.from({ length: fitness.length }, (_, item) => item);
  return Int32Array.from(items.filter((item) => !items.some((rival) => beats(rival, item, fitness, costs))));
}

function beats(
  a: number,
  b: number,
  fitness: ArrayLike<number>,
  costs: readonly ArrayLike<number>[],
): boolean {
  if (fitness[a]! < fitness[b]! || costs.some((cost) => cost[a]! > cost[b]!)) return false;
  return fitness[a]! > fitness[b]! || costs.some((cost) => cost[a]! < cost[b]!);
}

function firstDifference(costs: readonly ArrayLike<number>[], a: number, b: number): number {
  const differing = costs.find((cost) => cost[a] !== cost[b]);
  return differing === undefined ? 0 : differing[a]! - differing[b]!;
}

function requireComparable(fitness: ArrayLike<number>, costs: readonly ArrayLike<number>[]): void {
  if (costs.length === 0) throw new RangeError("paretoFront: at least one cost is needed, got none");
  for (const values of [fitness, ...costs]) {
    if (values.length !== fitness.length) {
      throw new RangeError(
        `paretoFront: every item needs every number, got ${fitness.length} and ${values.length}`,
      );
    }
    for (let item = 0; item < values.length; item++) {
      if (Number.isNaN(values[item])) throw new RangeError(`paretoFront: item ${item} has a NaN`);
    }
  }
}
