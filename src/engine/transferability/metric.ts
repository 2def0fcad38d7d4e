import type { Matrix } from "../matrix.js";

/**
 * What a metric of one (PTM, task) pair may read. Treat it as frozen: work that several metrics need (centred features,
 * Gram matrices, class sums) is done once per input object and remembered, see feature-statistics.ts.
 *
 * Letters: N samples, D feature dimensions of the PTM, C classes of the task, S classes that the PTM was trained on.
 */
export interface MetricInput {
  /** Shape [N, D], finite: the PTM's penultimate features of the task's samples. */
  readonly features: Matrix;
  /** Shape [N], integers in [0, classCount). */
  readonly labels: Int32Array;
  readonly classCount: number;
  /** Shape [N, S]: the PTM's own class probabilities of the same samples; only some metrics need them. */
  readonly sourceProbabilities?: Matrix;
}

/**
 * A transferability metric: the larger its value, the better the PTM should do on the task. Values compare PTMs on one
 * task only. Rejects with a RangeError that names the metric when the input leaves the value undefined; never NaN.
 */
export type Metric = (input: MetricInput) => Promise<number>;
