import type { Matrix } from "../matrix.js";
import type { EncoderReference } from "../spider/spider.js";
import { drawWithout } from "./draw-without.js";
import { scaleFeatures, type FeatureScaling } from "./feature-scaling.js";
import type { BatchTask } from "./batch.js";

/** A task that a spider learns from, with raw class centres. */
export interface TrainingTask {
  /** mu [C, d_psi] */
  readonly taskToken: Matrix;
  /** mu_m [C, d_m]; asked for only when a batch runs PTM m on the task, so that it can be computed then */
  readonly specificToken: (ptm: number) => Matrix;
  /** Approximated performance [M], larger is better; NaN where there is none */
  readonly target: Float64Array;
  /** What the target was made of: scores by metric, [M]; absent where outcomes are the target */
  readonly scores?: ReadonlyMap<string, Float32Array>;
}

export interface TrainingPtm {
  readonly id: string;
  readonly digest: string;
  /** Of the PTM's features on the pool; its length is d_m */
  readonly scaling: FeatureScaling;
}

/** Everything that a training learns from. */
export interface TrainingSet {
  readonly encoder: EncoderReference;
  readonly encoderScaling: FeatureScaling;
  readonly ptms: readonly TrainingPtm[];
  readonly tasks: readonly TrainingTask[];
  /** Never learned from; the validation curve is measured on them. */
  readonly validation: readonly TrainingTask[];
}

/** A task with its token scaled once. */
export interface ScaledTask extends TrainingTask {
  readonly scaledToken: Matrix;
}

export function scaleTasks(tasks: readonly TrainingTask[], scaling: FeatureScaling): ScaledTask[] {
  return tasks.map((task) => ({ ...task, scaledToken: scaleFeatures(task.taskToken, scaling) }));
}

/**
 * A task as a batch reads it, with `count` PTMs run on it, drawn evenly.
 *
 * @param from the PTMs to draw from
 */
export function withRuns(
  { scaledToken, specificToken }: ScaledTask,
  ptms: readonly TrainingPtm[],
  from: readonly number[],
  count: number,
  random: () => number,
): BatchTask {
  const specific = drawWithout(from, count, random).map((ptm) => ({
    ptm,
    token: scaleFeatures(specificToken(ptm), ptms[ptm]!.scaling),
  }));
  return { taskToken: scaledToken, specific };
}
