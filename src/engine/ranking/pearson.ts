import { requireFinite } from "../matrix.js";
import { requireSameLength } from "./order.js";

/**
 * Pearson's correlation: how well a straight line explains one list by the other.
 *
 * Formula: <x - mean x, y - mean y> / (|x - mean x| |y - mean y|), two passes.
 * Agrees with: scipy.stats.pearsonr (refs/ranking).
 *
 * @param first  shape [M], finite
 * @param second shape [M], finite
 * @returns no unit, in [-1, 1]; NaN where it is undefined (M < 2, or one argument has a single value), as scipy gives it
 * @throws RangeError if the lengths differ or a value is not finite
 *
 * Cost: O(M).
 */
export function pearson(first: ArrayLike<number>, second: ArrayLike<number>): number {
  requireSameLength("pearson", first, second);
  const x = centred(first);
  const y = centred(second);
  if (x === undefined || y === undefined) return Number.NaN;
  let product = 0;
  let squaredX = 0;
  let squaredY = 0;
  for (let i = 0; i < x.length; i++) {
    product += x[i]! * y[i]!;
    squaredX += x[i]! * x[i]!;
    squaredY += y[i]! * y[i]!;
  }
  // Rounding may leave [-1, 1] by an ulp.
  return Math.min(1, Math.max(-1, product / Math.sqrt(squaredX) / Math.sqrt(squaredY)));
}

/** The values less their mean, scaled so that no square over- or underflows; undefined if all are the same. */
function centred(values: ArrayLike<number>): Float64Array | undefined {
  const scaled = Float64Array.from(values);
  requireFinite("pearson", scaled);
  // Asked of the values themselves: the mean of equal values may differ from them by rounding.
  if (scaled.every((value) => value === scaled[0])) return undefined;
  scaleToOne(scaled);
  const mean = scaled.reduce((sum, value) => sum + value, 0) / scaled.length;
  for (let i = 0; i < scaled.length; i++) scaled[i] = scaled[i]! - mean;
  scaleToOne(scaled);
  return scaled;
}

/** Divides by the largest magnitude. */
function scaleToOne(values: Float64Array): void {
  const largest = values.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  for (let i = 0; i < values.length; i++) values[i] = values[i]! / largest;
}
