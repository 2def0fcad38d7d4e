import { requireOrderable } from "./order.js";

/**
 * Values on a common scale: mean 0, standard deviation 1, so that values of different units can be added up.
 *
 * Formula: (x - mean) / sd, sd with 1/M. A value of -Infinity ("undefined, so last") takes the place of the least finite
 * one; equal values, of which nothing can be told, are all 0.
 *
 * @param values shape [M], no NaN and no +Infinity
 * @returns shape [M], in the order of the values
 * @throws RangeError if a value is NaN or +Infinity
 *
 * Cost: O(M).
 */
export function zScores(values: ArrayLike<number>): Float64Array {
  requireOrderable("zScores", "value", values);
  let least = Infinity;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value === Infinity) throw new RangeError(`zScores: no value may be Infinity, got it at index ${i}`);
    if (value !== -Infinity && value < least) least = value;
  }
  // Loops, since a zoo may have a million PTMs: what calls a function a value takes ten times as long.
  const finite = new Float64Array(values.length);
  let isEqual = true;
  for (let i = 0; i < finite.length; i++) {
    finite[i] = Math.max(values[i]!, least);
    if (finite[i] !== finite[0]) isEqual = false;
  }
  if (isEqual) return finite.fill(0);
  const mean = meanOf(finite);
  const deviation = deviationOf(finite);
  if (deviation === 0) return finite.fill(0); // closer together than the smallest square
  for (let i = 0; i < finite.length; i++) finite[i] = (finite[i]! - mean) / deviation;
  return finite;
}

/** Standard deviation with 1/M of finite values; 0 of none. */
export function deviationOf(values: ArrayLike<number>): number {
  const mean = meanOf(values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i]! - mean) ** 2;
  return Math.sqrt(sum / Math.max(1, values.length));
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / Math.max(1, values.length);
}
