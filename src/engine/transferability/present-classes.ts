import { requireSamples } from "./checked-input.js";
import type { MetricInput } from "./metric.js";
import { perInput } from "./per-input.js";

/**
 * The same samples with the classes that occur numbered 0, 1, ... in their old order.
 *
 * A class without samples has nothing to say about a PTM, but some published scores let it (LogME adds the evidence of
 * an all-zero target), and a subsample of a task may well lack one.
 *
 * @returns the input itself where every class occurs; the same object for the same input, so that metrics share work
 * @throws RangeError if N < 2, a label is out of range, or a feature is not finite
 */
export const presentClassesOnly = perInput((who, input): MetricInput => {
  requireSamples(who, input);
  const present = Array.from(new Set(input.labels)).sort((a, b) => a - b);
  if (present.length === input.classCount) return input;
  const place = new Map(present.map((label, p) => [label, p]));
  return {
    ...input,
    labels: input.labels.map((label) => place.get(label)!),
    classCount: present.length,
  };
});
