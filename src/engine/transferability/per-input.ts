import type { MetricInput } from "./metric.js";

/**
 * Remembers what `compute` gives for an input object, for as long as the object lives: several metrics of one pair
 * then share one computation without knowing of each other.
 *
 * @param compute pure; its first argument is the metric that asks first, for messages
 */
export function perInput<T>(
  compute: (who: string, input: MetricInput) => T,
): (who: string, input: MetricInput) => T {
  const remembered = new WeakMap<MetricInput, { readonly value: T }>();
  return (who, input) => {
    let entry = remembered.get(input);
    if (entry === undefined) {
      entry = { value: compute(who, input) };
      remembered.set(input, entry);
    }
    return entry.value;
  };
}
