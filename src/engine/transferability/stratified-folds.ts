import { uniformStream } from "../random.js";

/**
 * Deals samples into folds so that every class, and every fold, is split as evenly as its size allows.
 *
 * Each class is shuffled, then dealt on from where the class before it stopped.
 *
 * @param classOf class of each sample, integers >= 0
 * @returns the fold of each sample, in [0, foldCount)
 */
export function stratifiedFolds(classOf: Int32Array, foldCount: number, seed: number): Int32Array {
  const uniform = uniformStream(seed);
  const members = new Map<number, number[]>();
  classOf.forEach((label, i) => {
    const list = members.get(label);
    if (list === undefined) members.set(label, [i]);
    else list.push(i);
  });
  const foldOf = new Int32Array(classOf.length);
  let next = 0;
  for (const label of Array.from(members.keys()).sort((a, b) => a - b)) {
    const list = members.get(label)!;
    for (let last = list.length - 1; last > 0; last--) {
      const other = Math.floor(uniform() * (last + 1));
      [list[last], list[other]] = [list[other]!, list[last]!];
    }
    for (const i of list) foldOf[i] = next++ % foldCount;
  }
  return foldOf;
}
