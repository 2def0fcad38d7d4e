import type { Matrix } from "../matrix.js";
import { requireLabels } from "./checked-input.js";
import type { MetricInput } from "./metric.js";

/** Rounded or float16 probabilities are welcome, logits are not: a row may miss 1 by this much. */
const ROW_SUM_TOLERANCE = 0.02;

/**
 * The source probabilities of the input, checked.
 *
 * @throws RangeError as requireLabels, if they are missing, have no row, are negative or not finite,
 *   or a row does not sum to 1 within 0.02
 */
export function requireSourceProbabilities(who: string, input: MetricInput): Matrix {
  const probabilities = input.sourceProbabilities;
  if (!probabilities) {
    throw new RangeError(`${who}: source probabilities [N, S] are needed, got none`);
  }
  const { rows, columns, values } = probabilities;
  if (rows < 1) throw new RangeError(`${who}: at least one sample is needed, got ${rows}`);
  requireLabels(who, input.labels, input.classCount, rows);
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let z = 0; z < columns; z++) {
      const p = values[i * columns + z]!;
      if (!(p >= 0)) {
        throw new RangeError(`${who}: source probabilities must be >= 0, got ${p} in row ${i}, column ${z}`);
      }
      sum += p;
    }
    if (!(Math.abs(sum - 1) <= ROW_SUM_TOLERANCE)) {
      throw new RangeError(`${who}: source probabilities of a row must sum to 1, got ${sum} in row ${i}`);
    }
  }
  return probabilities;
}
