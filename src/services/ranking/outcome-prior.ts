import { familyScoresOfMeasured } from "../../engine/ranking/family-scores.js";
import type { MeasuredScores } from "../../engine/ranking/standings.js";
import { withPrior } from "../../engine/ranking/with-prior.js";
import type { ZooIndex } from "./zoo-index.js";

/**
 * What PTMs are ranked by, by position: the spider's fitness, with the prior if the spider has a weight for one. The prior
 * is taken over the whole zoo, so that a filter leaves every fitness as it is.
 *
 * @param outcomes on other tasks: a ranking never sees those of the ranked one
 */
export async function fitnessWithPrior(
  index: ZooIndex,
  fitness: Float32Array,
  outcomes: MeasuredScores,
): Promise<Float32Array> {
  if (index.priorWeight === 0 || fitness.length === 0) return fitness;
  const isKnown = outcomes.measured.length > 0;
  const prior = isKnown ? familyScoresOfMeasured(outcomes, await index.families()) : undefined;
  return withPrior(fitness, prior, index.priorWeight);
}
