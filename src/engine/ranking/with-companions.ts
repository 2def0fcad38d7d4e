import { requireSameLength } from "./order.js";

/**
 * Coarse fitness of a zoo with the say of a spider's companions.
 *
 * Formula: for PTM m that the companions know, the mean over spider and companions of z_m, z over those PTMs; for another, z_m
 * of the spider alone on the same scale. Estimators of different seeds err differently, so their mean errs less.
 *
 * Letters: M PTMs of the zoo, K of them known to the companions.
 *
 * @param own        the spider's fitness, shape [M], finite
 * @param known      places in `own` of the PTMs that the companions know, shape [K]
 * @param companions what each of them says, shape [K] each, in the order of `known`
 * @returns shape [M], no unit, larger is better; `own` as it is where there is no companion or fewer than two known PTMs
 * @throws RangeError if a length differs
 *
 * Cost: O(M + K companions).
 */
export function withCompanions(
  own: Float32Array,
  known: Int32Array,
  companions: readonly ArrayLike<number>[],
): Float32Array {
  if (companions.length === 0 || known.length < 2) return own;
  const ofKnown = Float32Array.from(known, (place) => own[place]!);
  const scale = scaleOf(ofKnown);
  const said = new Float32Array(own.length);
  for (let m = 0; m < said.length; m++) said[m] = (own[m]! - scale.mean) / scale.deviation;
  const others = companions.map((values) => {
    requireSameLength("withCompanions", known, values);
    return { values, ...scaleOf(values) };
  });
  known.forEach((place, i) => {
    const sum = others.reduce(
      (total, { values, mean, deviation }) => total + (values[i]! - mean) / deviation,
      said[place]!,
    );
    said[place] = sum / (companions.length + 1);
  });
  return said;
}

/** Mean and standard deviation; 1 for values that are all equal, which then say nothing. */
function scaleOf(values: ArrayLike<number>): { mean: number; deviation: number } {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  const mean = sum / values.length;
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += (values[i]! - mean) ** 2;
  return { mean, deviation: Math.sqrt(squares / values.length) || 1 };
}
