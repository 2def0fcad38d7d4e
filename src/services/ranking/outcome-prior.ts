import { familyScoresOfKnown } from "../../engine/ranking/family-scores.js";
import { withPrior } from "../../engine/ranking/with-prior.js";
import type { Task } from "../../entities/task.js";
import { knownRows, outcomesOnOtherTasks, type OutcomeTable } from "./outcome-table.js";
import type { ZooIndex } from "./zoo-index.js";

/** What familyScoresOfKnown gives a family without outcomes. */
const UNKNOWN_FAMILY = 1 / 2;

/**
 * What PTMs are ranked by, by position: the spider's fitness, with the prior if the spider has a weight for one. The prior
 * is taken over the whole zoo, so that a filter leaves every fitness as it is. It never sees the ranked task's outcomes,
 * so neither does a ranking.
 */
export async function fitnessWithPrior(
  index: ZooIndex,
  fitness: Float32Array,
  outcomes: OutcomeTable,
  task: Task,
): Promise<Float32Array> {
  if (index.priorWeight === 0 || fitness.length === 0) return fitness;
  return withPrior(fitness, await priorScores(index, outcomes, task), index.priorWeight);
}

/** By position; undefined while nothing is known. A large zoo has few PTMs with an outcome, so these alone are counted. */
async function priorScores(
  index: ZooIndex,
  outcomes: OutcomeTable,
  task: Task,
): Promise<Float64Array | undefined> {
  const others = outcomesOnOtherTasks(outcomes, task);
  const ids = new Set(others.flatMap((known) => [...known.keys()]));
  const measured = [...ids].filter((id) => index.positionOf(id) !== undefined);
  if (measured.length === 0) return undefined;
  const families = await index.families();
  const ofMeasured = Int32Array.from(measured, (id) => families[index.positionOf(id)!]!);
  const columns = new Map(measured.map((id, column) => [id, column]));
  const scores = familyScoresOfKnown(knownRows(others, columns), ofMeasured);
  const byFamily = new Map(Array.from(ofMeasured, (family, i) => [family, scores[i]!]));
  const prior = new Float64Array(families.length);
  for (let m = 0; m < prior.length; m++) prior[m] = byFamily.get(families[m]!) ?? UNKNOWN_FAMILY;
  return prior;
}
