import type { LabelledImages } from "../archives/labelled-images.js";
import { subsample } from "../engine/tokens/subsample.js";
import { selectSamples } from "./run-network.js";

/** Metrics over pairs of samples cost time and memory by the square: 3000 samples take 150 MB there. */
export const LARGEST_SAMPLE = 3000;
/** A class needs two samples to have a spread. */
const SMALLEST_CLASS = 2;
/** Fixed, so that all PTMs are measured on the same samples whenever they are measured. */
const SUBSAMPLE_SEED = 0;

/**
 * The samples of a task that metrics are computed from: all, or of a large task an equal share for every class.
 *
 * @param samplesPerClass the most of a class, as for tokens
 * @returns at most LARGEST_SAMPLE samples, unless there are more than half as many classes: then two of each
 */
export function metricSample(all: LabelledImages, samplesPerClass: number): LabelledImages {
  const fair = Math.max(SMALLEST_CLASS, Math.floor(LARGEST_SAMPLE / all.classNames.length));
  const perClass = all.count > LARGEST_SAMPLE ? Math.min(samplesPerClass, fair) : samplesPerClass;
  return selectSamples(all, subsample(all.labels, perClass, SUBSAMPLE_SEED));
}
