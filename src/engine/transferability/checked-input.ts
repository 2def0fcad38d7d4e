import { type Matrix, requireFinite } from "../matrix.js";
import type { MetricInput } from "./metric.js";

/**
 * Refuses what no metric can give a meaning to.
 *
 * @param who the calling metric, for the message
 * @throws RangeError if N < 2, D < 1, a length differs, a label is out of range, or a feature is not finite
 */
export function requireSamples(who: string, input: MetricInput): void {
  const { features, labels, classCount } = input;
  requireFeatures(who, features);
  requireLabels(who, labels, classCount, features.rows);
}

/** @throws RangeError if there is not one label a sample, or a label is not an integer in [0, classCount) */
export function requireLabels(who: string, labels: Int32Array, classCount: number, samples: number): void {
  if (labels.length !== samples) {
    throw new RangeError(`${who}: expected one label a sample, got ${labels.length} for ${samples}`);
  }
  if (!Number.isInteger(classCount) || classCount < 1) {
    throw new RangeError(`${who}: classCount must be an integer >= 1, got ${classCount}`);
  }
  labels.forEach((label, i) => {
    if (label < 0 || label >= classCount) {
      throw new RangeError(
        `${who}: labels must be integers in [0, ${classCount}), got ${label} at index ${i}`,
      );
    }
  });
}

/** @throws RangeError if there are fewer than two samples, no feature, or a value that is not finite */
export function requireFeatures(who: string, features: Matrix): void {
  if (features.rows < 2 || features.columns < 1) {
    throw new RangeError(
      `${who}: expected at least 2 samples and 1 feature, got ${features.rows} x ${features.columns}`,
    );
  }
  requireFinite(who, features.values);
}

/** @throws RangeError unless at least two classes have samples: one class alone gives nothing to tell apart */
export function requireTwoClasses(who: string, presentClasses: readonly number[]): void {
  if (presentClasses.length < 2) {
    throw new RangeError(`${who}: at least 2 classes must have samples, got ${presentClasses.length}`);
  }
}
