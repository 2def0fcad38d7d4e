import { familyScores } from "../engine/ranking/family-scores.js";
import { withPrior } from "../engine/ranking/with-prior.js";
import type { Task } from "../entities/task.js";
import { outcomesOnOtherTasks, type OutcomeTable } from "./outcome-table.js";
import type { ZooIndex } from "./zoo-index.js";

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
  const table = outcomesOnOtherTasks(outcomes, task).map((known) =>
    index.ptmIds.map((id) => known.get(id)?.value ?? null),
  );
  const known = table.some((row) => row.some((value) => value !== null));
  return withPrior(
    fitness,
    known ? familyScores(table, await index.families()) : undefined,
    index.priorWeight,
  );
}
