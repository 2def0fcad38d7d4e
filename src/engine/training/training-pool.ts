import type { Matrix } from "../matrix.js";
import type { EncoderReference } from "../spider/spider.js";
import { classCentres } from "../tokens/class-centres.js";
import { derivedSeed } from "./derived-seed.js";
import { measureScaling, type FeatureScaling } from "./feature-scaling.js";
import {
  indexPool,
  PAPER_TASK_SHAPE,
  sampleTask,
  type PoolIndex,
  type PoolLabels,
  type SampledTask,
} from "./sample-task.js";
import { approximatedPerformance, type Aggregation } from "./supervision.js";
import type { TrainingSet, TrainingTask } from "./training-set.js";

/** What a PTM says about the pool, averaged: its images need not be kept, nor the PTM be run. */
export interface PooledPtm {
  readonly id: string;
  readonly digest: string;
  /** Of its features of all samples. */
  readonly scaling: FeatureScaling;
  /** Shape [K, d_m], K classes of the pool: the mean over all samples of the class. */
  readonly classCentres: Matrix;
}

/**
 * A labelled pool as the networks see it, with the scores of the training tasks drawn from it: everything that learning
 * a spider reads. Training task i is `sampleTask(..., derivedSeed(seed, i))`.
 *
 * Letters: n samples, K classes, M PTMs, T tasks, V metrics.
 */
export interface TrainingPool {
  /** Classes are numbered 0 to K - 1. */
  readonly labels: PoolLabels;
  readonly encoder: EncoderReference;
  /** Shape [n, d_psi] */
  readonly encoderFeatures: Matrix;
  readonly ptms: readonly PooledPtm[];
  /** Draws the tasks. */
  readonly seed: number;
  readonly metrics: readonly string[];
  /** Shape [T, V, M], larger is better; -Infinity where a metric is undefined. */
  readonly scores: Float32Array;
}

export interface TrainingDraw {
  /** Tasks to learn from. */
  readonly tasks: number;
  /** Tasks to validate on: those drawn after them. */
  readonly validation: number;
  readonly aggregation: Aggregation;
}

/** @returns T, how many training tasks the pool has scores of */
export function scoredTasks({ scores, metrics, ptms }: TrainingPool): number {
  return scores.length / (metrics.length * ptms.length);
}

/** Task i of a pool, as positions in it. */
export function pooledTask(index: PoolIndex, seed: number, i: number): SampledTask {
  return sampleTask(index, PAPER_TASK_SHAPE, derivedSeed(seed, i));
}

/**
 * The training set of a pool. Specific tokens are the class centres over all samples of a class: the few samples that a
 * training task draws would say the same with more noise.
 *
 * @throws RangeError if the pool has scores of fewer tasks than asked for
 */
export function trainingSetOf(
  pool: TrainingPool,
  { tasks, validation, aggregation }: TrainingDraw,
): TrainingSet {
  if (!(tasks >= 0 && validation >= 0) || tasks + validation > scoredTasks(pool)) {
    throw new RangeError(
      `trainingSetOf: the pool has scores of ${scoredTasks(pool)} tasks, got ${tasks} to learn from and ${validation} to validate on`,
    );
  }
  const index = indexPool(pool.labels);
  const drawn = Array.from({ length: tasks + validation }, (_, i) =>
    trainingTask(pool, index, i, aggregation),
  );
  return {
    encoder: pool.encoder,
    encoderScaling: measureScaling(pool.encoderFeatures),
    ptms: pool.ptms,
    tasks: drawn.slice(0, tasks),
    validation: drawn.slice(tasks),
  };
}

function trainingTask(
  { labels: pool, encoderFeatures, ptms, seed, metrics, scores }: TrainingPool,
  index: PoolIndex,
  i: number,
  aggregation: Aggregation,
): TrainingTask {
  const { samples, labels, classCount } = pooledTask(index, seed, i);
  const classOf = new Int32Array(classCount);
  samples.forEach((sample, s) => (classOf[labels[s]!] = pool.labels[sample]!));
  const [v, m] = [metrics.length, ptms.length];
  const votes = metrics.map((_, metric) => scores.subarray((i * v + metric) * m, (i * v + metric + 1) * m));
  return {
    taskToken: classCentres(rowsOf(encoderFeatures, samples), labels, classCount),
    specificToken: (ptm) => rowsOf(ptms[ptm]!.classCentres, classOf),
    target: approximatedPerformance(votes, aggregation),
  };
}

function rowsOf({ columns, values }: Matrix, rows: Int32Array): Matrix {
  const chosen = new Float32Array(rows.length * columns);
  rows.forEach((row, i) => chosen.set(values.subarray(row * columns, (row + 1) * columns), i * columns));
  return { rows: rows.length, columns, values: chosen };
}
