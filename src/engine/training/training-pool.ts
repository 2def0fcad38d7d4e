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
  /** Shape [K, d_m], K classes of the pool: the mean over all samples of the class; NaN for a class it did not see. */
  readonly classCentres: Matrix;
}

/** A PTM that was measured on a pool after the pool was made, perhaps on a part of it. */
export interface AddedToPool extends PooledPtm {
  /** Shape [T, V], as the pool's; NaN for the tasks whose samples it did not see. */
  readonly scores: Float32Array;
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
  /** Shape [T, V, M], larger is better; -Infinity where a metric is undefined, NaN where nothing was measured. */
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
  const drawn = trainingTasks(pool, [...Array(tasks + validation).keys()], aggregation);
  return {
    encoder: pool.encoder,
    encoderScaling: measureScaling(pool.encoderFeatures),
    ptms: pool.ptms,
    tasks: drawn.slice(0, tasks),
    validation: drawn.slice(tasks),
  };
}

/** Training tasks of a pool by their numbers, each in [0, T). */
export function trainingTasks(
  pool: TrainingPool,
  numbers: readonly number[],
  aggregation: Aggregation,
): TrainingTask[] {
  const index = indexPool(pool.labels);
  return numbers.map((number) => trainingTask(pool, index, number, aggregation));
}

/**
 * A source of a pool as one training task with all its classes and samples, for what was measured on it.
 *
 * @param outcomes [M], NaN where nothing was measured: such PTMs have no target, for what is measured replaces what is
 *   approximated
 */
export function sourceTask(
  { labels, encoderFeatures, ptms }: TrainingPool,
  source: number,
  outcomes: Float64Array,
): TrainingTask {
  const samples = Int32Array.from([...labels.sources.keys()].filter((i) => labels.sources[i] === source));
  const classes = [...new Set(Array.from(samples, (sample) => labels.labels[sample]!))].sort((a, b) => a - b);
  const own = samples.map((sample) => classes.indexOf(labels.labels[sample]!));
  return {
    taskToken: classCentres(rowsOf(encoderFeatures, samples), own, classes.length),
    specificToken: (ptm) => rowsOf(ptms[ptm]!.classCentres, Int32Array.from(classes)),
    target: outcomes,
  };
}

/**
 * A pool with PTMs that were measured on it later, behind its own.
 *
 * @param tasks T, which a pool without PTMs does not say
 * @throws RangeError if a PTM has scores of another number of tasks
 */
export function withPtms(pool: TrainingPool, tasks: number, added: readonly AddedToPool[]): TrainingPool {
  const metrics = pool.metrics.length;
  const [before, after] = [pool.ptms.length, pool.ptms.length + added.length];
  const scores = new Float32Array(tasks * metrics * after);
  for (let row = 0; row < tasks * metrics; row++) {
    scores.set(pool.scores.subarray(row * before, (row + 1) * before), row * after);
  }
  added.forEach(({ id, scores: own }, m) => {
    if (own.length !== tasks * metrics) {
      throw new RangeError(
        `withPtms: ${id} needs ${tasks} x ${metrics} scores, as many as the pool has, got ${own.length}`,
      );
    }
    own.forEach((score, row) => (scores[row * after + before + m] = score));
  });
  return { ...pool, ptms: [...pool.ptms, ...added], scores };
}

/** A pool as far as some PTMs go, in its own order. */
export function ofPtms(pool: TrainingPool, digests: ReadonlySet<string>): TrainingPool {
  const kept = [...pool.ptms.keys()].filter((m) => digests.has(pool.ptms[m]!.digest));
  const [before, rows] = [pool.ptms.length, pool.scores.length / pool.ptms.length];
  const scores = new Float32Array(rows * kept.length);
  for (let row = 0; row < rows; row++) {
    kept.forEach((m, i) => (scores[row * kept.length + i] = pool.scores[row * before + m]!));
  }
  return { ...pool, ptms: kept.map((m) => pool.ptms[m]!), scores };
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
  const measured = [...ptms.keys()].filter((ptm) => votes.every((vote) => !Number.isNaN(vote[ptm]!)));
  const performance = approximatedPerformance(
    votes.map((vote) => measured.map((ptm) => vote[ptm]!)),
    aggregation,
  );
  const target = new Float64Array(m).fill(NaN);
  measured.forEach((ptm, place) => (target[ptm] = performance[place]!));
  return {
    taskToken: classCentres(rowsOf(encoderFeatures, samples), labels, classCount),
    specificToken: (ptm) => rowsOf(ptms[ptm]!.classCentres, classOf),
    target,
    scores: new Map(metrics.map((metric, i) => [metric, votes[i]!])),
  };
}

function rowsOf({ columns, values }: Matrix, rows: Int32Array): Matrix {
  const chosen = new Float32Array(rows.length * columns);
  rows.forEach((row, i) => chosen.set(values.subarray(row * columns, (row + 1) * columns), i * columns));
  return { rows: rows.length, columns, values: chosen };
}
