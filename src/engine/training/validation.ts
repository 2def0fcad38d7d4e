import type { Matrix } from "../matrix.js";
import { Session, type SessionOptions } from "../runtime/session.js";
import { companionsOf, placesOfCompanions, type Spider, type SpiderPtm } from "../spider/spider.js";
import { weightedTau } from "../ranking/weighted-tau.js";
import { withCompanions } from "../ranking/with-companions.js";
import { taskFeeds } from "./batch.js";
import { batchFitnessGraph } from "./step-graph.js";
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
  return meanTargetTau(
    tasks.map(({ target }) => target),
    rows,
  );
}

/**
 * @param targets shape [T, M], NaN where there is none
 * @param rows    fitness, shape [T, M]
 * @returns mean over the tasks of tau_w between target and fitness, over the PTMs with a target; tasks where it is undefined
 *   (one PTM, or all targets equal) are left out; NaN if none is left
 */
export function meanTargetTau(targets: readonly Float64Array[], rows: readonly Float32Array[]): number {
  const taus = targets.map((target, i) => {
    const ranked = [...target.keys()].filter((ptm) => !Number.isNaN(target[ptm]!));
    return weightedTau(
      ranked.map((ptm) => target[ptm]!),
      ranked.map((ptm) => rows[i]![ptm]!),
    );
  });
  const defined = taus.filter((tau) => !Number.isNaN(tau));
  return defined.reduce((sum, tau) => sum + tau, 0) / defined.length;
}

/**
 * Coarse fitness of a learned spider's PTMs for many tasks.
 *
 * @param taskTokens raw, shape [C, d_psi] each
 * @returns [M] for each task
 */
export async function fitnessOfTasks(
  { parameters, ptms }: Pick<Spider, "parameters"> & { readonly ptms: readonly Pick<SpiderPtm, "token">[] },
  taskTokens: readonly Matrix[],
  session: SessionOptions,
): Promise<Float32Array[]> {
  const { width, encoderWidth, layerNormEpsilon } = parameters;
  const sizes = { ptms: ptms.length, width, encoderWidth, widestFeatures: 1 };
  const opened = await Session.open(batchFitnessGraph({ sizes, layerNormEpsilon, specific: false }), session);
  try {
    const tokens = new Float32Array(ptms.length * width);
    ptms.forEach(({ token }, m) => tokens.set(token, m * width));
    const none = new Float32Array(); // projections are not read without specific rows
    const trainable = {
      ...parameters,
      headBias: Float32Array.of(parameters.headBias),
      tokens,
      projections: none,
      projectionBiases: none,
    };
    return await coarseFitness(
      opened,
      sizes,
      trainable,
      taskTokens.map((scaledToken) => ({ scaledToken })),
      BATCH,
    );
  } finally {
    await opened.release();
  }
}

/** As `fitnessOfTasks`, with the say of the spider's companions. */
export async function fitnessWithCompanions(
  spider: Spider,
  taskTokens: readonly Matrix[],
  session: SessionOptions,
): Promise<Float32Array[]> {
  const own = await fitnessOfTasks(spider, taskTokens, session);
  const places = placesOfCompanions(spider);
  const said: Float32Array[][] = [];
  for (const { parameters, tokens } of companionsOf(spider)) {
    const { columns, values } = tokens;
    const ptms = Array.from(places, (_, i) => ({ token: values.subarray(i * columns, (i + 1) * columns) }));
    said.push(await fitnessOfTasks({ parameters, ptms }, taskTokens, session));
  }
  return own.map((row, t) =>
    withCompanions(
      row,
      places,
      said.map((rows) => rows[t]!),
    ),
  );
}

const BATCH = 16;

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
  tasks: readonly Pick<ScaledTask, "scaledToken">[],
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
