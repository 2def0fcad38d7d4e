import type { Session } from "../runtime/session.js";
import { weightedTau } from "../ranking/weighted-tau.js";
import { taskFeeds } from "./batch.js";
import type { Trainable, TrainableSizes } from "./trainable.js";
import type { ScaledTask } from "./training-set.js";
import { parameterFeeds } from "./training-state.js";

/**
 * How well parameters in training rank tasks that they have not learned from.
 *
 * @param session of batchFitnessGraph without specific rows
 * @returns mean over the tasks of tau_w between target and coarse fitness; NaN without a task
 */
export async function meanTau(
  session: Session,
  sizes: TrainableSizes,
  parameters: Trainable,
  tasks: readonly ScaledTask[],
  batchSize: number,
): Promise<number> {
  const rows = await coarseFitness(session, sizes, parameters, tasks, batchSize);
  const taus = rows.map((fitness, i) => {
    const { target } = tasks[i]!;
    const ranked = [...target.keys()].filter((ptm) => !Number.isNaN(target[ptm]!));
    return weightedTau(
      ranked.map((ptm) => target[ptm]!),
      ranked.map((ptm) => fitness[ptm]!),
    );
  });
  return taus.reduce((sum, tau) => sum + tau, 0) / taus.length;
}

/**
 * Coarse fitness of tasks under parameters in training.
 *
 * @param session of batchFitnessGraph without specific rows
 * @returns [M] for each task
 */
async function coarseFitness(
  session: Session,
  sizes: TrainableSizes,
  parameters: Trainable,
  tasks: readonly ScaledTask[],
  batchSize: number,
): Promise<Float32Array[]> {
  const weights = parameterFeeds(sizes, parameters, false);
  const rows: Float32Array[] = [];
  for (let start = 0; start < tasks.length; start += batchSize) {
    const batch = tasks.slice(start, start + batchSize);
    const feeds = taskFeeds(
      batch.map(({ scaledToken }) => ({ taskToken: scaledToken, specific: [] })),
      sizes,
    );
    const { fitness } = await session.run({ ...feeds, ...weights }, ["fitness"]);
    const values = fitness.values as Float32Array;
    batch.forEach((_, b) => rows.push(values.slice(b * sizes.ptms, (b + 1) * sizes.ptms)));
  }
  return rows;
}
