import type { MeasuredScores } from "./standings.js";
import { type KnownOutcomes, type KnownRow, staticScores, staticScoresOfKnown } from "./static-ranking.js";

/**
 * What is known of a zoo by families of PTMs (one architecture, say): the mean static score of the PTMs of the family that
 * were measured. A PTM's own outcomes are few and mostly about its source; what they say about its family carries over to
 * other tasks better, and reaches PTMs that nobody has measured yet.
 *
 * Letters: T tasks, M PTMs.
 *
 * @param outcomes shape [T, M], larger is better, null where nothing was measured
 * @param families shape [M]; PTMs with equal numbers are one family
 * @returns shape [M], in [0, 1], larger is better; 1/2 for a family without outcomes
 * @throws RangeError if a row has another length than `families` or holds NaN
 *
 * Cost: O(T M log M).
 */
export function familyScores(outcomes: KnownOutcomes, families: Int32Array): Float64Array {
  const own = staticScores(outcomes, families.length);
  return familyMeans(own, families, (m) => outcomes.some((row) => row[m] !== null));
}

/** As `familyScores`, to the bit, from rows without nulls. Cost: that of `staticScoresOfKnown`. */
export function familyScoresOfKnown(rows: readonly KnownRow[], families: Int32Array): Float64Array {
  const measured = new Set(rows.flatMap(({ known }) => Array.from(known)));
  return familyMeans(staticScoresOfKnown(rows, families.length), families, (m) => measured.has(m));
}

/** As `familyScores`, to the bit, from the static scores of the PTMs that were measured. Cost: O(M). */
export function familyScoresOfMeasured(
  { measured, scores }: MeasuredScores,
  families: Int32Array,
): Float64Array {
  let most = -1;
  for (let m = 0; m < families.length; m++) most = Math.max(most, families[m]!);
  const sums = new Float64Array(most + 1);
  const counts = new Int32Array(most + 1);
  for (let i = 0; i < measured.length; i++) {
    const family = families[measured[i]!]!;
    sums[family] = sums[family]! + scores[i]!;
    counts[family] = counts[family]! + 1;
  }
  const means = new Float64Array(families.length);
  for (let m = 0; m < means.length; m++) {
    const family = families[m]!;
    means[m] = counts[family] === 0 ? 1 / 2 : sums[family]! / counts[family]!;
  }
  return means;
}

function familyMeans(
  own: Float64Array,
  families: Int32Array,
  isMeasured: (m: number) => boolean,
): Float64Array {
  const sums = new Map<number, { sum: number; count: number }>();
  families.forEach((family, m) => {
    if (!isMeasured(m)) return;
    const { sum, count } = sums.get(family) ?? { sum: 0, count: 0 };
    sums.set(family, { sum: sum + own[m]!, count: count + 1 });
  });
  return Float64Array.from(families, (family) => {
    const { sum, count } = sums.get(family) ?? { sum: 1 / 2, count: 1 };
    return sum / count;
  });
}
