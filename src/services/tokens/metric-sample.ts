import { subsample } from "../../engine/tokens/subsample.js";

/** Metrics over pairs of samples cost time and memory by the square: 3000 samples take 150 MB there. */
export const LARGEST_SAMPLE = 3000;
/** A class needs two samples to have a spread. */
const SMALLEST_CLASS = 2;
/** Fixed, so that all PTMs are measured on the same samples whenever and by whichever job they are measured. */
const SUBSAMPLE_SEED = 0;

/**
 * Which of a task's samples metrics are computed from: all, or of a large task an equal share for every class.
 *
 * @param labels of the samples that networks are run on
 * @returns positions, ascending; at most LARGEST_SAMPLE, unless there are more than half as many classes: then two of each
 */
export function metricSample(labels: Int32Array, classCount: number): Int32Array {
  if (labels.length <= LARGEST_SAMPLE) return Int32Array.from(labels.keys());
  const fair = Math.max(SMALLEST_CLASS, Math.floor(LARGEST_SAMPLE / classCount));
  return subsample(labels, fair, SUBSAMPLE_SEED);
}
