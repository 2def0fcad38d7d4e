import { orderByScore } from "./order.js";
import { paretoFront } from "./pareto-front.js";

/** How the items of a zoo stand to each other on fitness and costs; items by their place. */
export interface ParetoComparison {
  /** All of them, fittest first, of equal fitness the lower place first. */
  readonly order: Int32Array;
  /** Those that nothing beats, see paretoFront. */
  readonly front: Int32Array;
  /** Those of which a cost is not known, fittest first: they are not compared. */
  readonly unknown: Int32Array;
}

/**
 * Compares items on fitness and on costs of which some may not be known.
 *
 * @param fitness shape [M], larger is better, no NaN
 * @param costs   one array [M] for each cost, smaller is better, NaN where it is not known; at least one
 * @throws RangeError if lengths differ, there is no cost, or a fitness is NaN
 *
 * Cost: that of paretoFront.
 */
export function comparePareto(fitness: Float32Array, costs: readonly Float64Array[]): ParetoComparison {
  const order = orderByScore("comparePareto", fitness);
  const isKnown = (item: number): boolean => !costs.some((cost) => Number.isNaN(cost[item]));
  const known = order.filter(isKnown);
  const front = paretoFront(
    Float32Array.from(known, (item) => fitness[item]!),
    costs.map((cost) => Float64Array.from(known, (item) => cost[item]!)),
  );
  return {
    order,
    front: front.map((place) => known[place]!),
    unknown: order.filter((item) => !isKnown(item)),
  };
}
