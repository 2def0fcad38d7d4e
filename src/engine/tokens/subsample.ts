import { uniformStream } from "../random.js";

/**
 * Chooses at most `perClass` samples of every class, each subset of a class being equally likely: a token is an
 * average, and fifty samples of a class fix it well enough. The same labels and seed always give the same samples.
 *
 * @param labels shape [n]
 * @returns the chosen positions, ascending; all of a class that has no more than `perClass`
 * @throws RangeError if `perClass` is not an integer >= 1
 *
 * Cost: O(n).
 */
export function subsample(labels: Int32Array, perClass: number, seed: number): Int32Array {
  if (!Number.isInteger(perClass) || perClass < 1) {
    throw new RangeError(`subsample: perClass must be an integer >= 1, got ${perClass}`);
  }
  const random = uniformStream(seed);
  const left = new Map<number, number>(); // samples of the class that are still to come
  for (const label of labels) left.set(label, (left.get(label) ?? 0) + 1);
  const wanted = new Map([...left].map(([label, count]) => [label, Math.min(count, perClass)]));

  // Selection sampling (Knuth, TAOCP 2, 3.4.2, algorithm S), one run for each class side by side.
  const chosen: number[] = [];
  labels.forEach((label, position) => {
    const remaining = left.get(label)!;
    const open = wanted.get(label)!;
    left.set(label, remaining - 1);
    if (remaining * random() < open) {
      chosen.push(position);
      wanted.set(label, open - 1);
    }
  });
  return Int32Array.from(chosen);
}
