/**
 * Cosine learning rate: starts at `first`, falls slowly, then fast, and reaches `last` at the last step.
 *
 * Formula: last + (first - last) (1 + cos(pi t / (T - 1))) / 2. Source: Loshchilov, Hutter, ICLR 2017, without restarts.
 *
 * @param step  t in [0, T)
 * @param steps T >= 1
 */
export function cosineRate(step: number, steps: number, first: number, last: number): number {
  const progress = steps > 1 ? step / (steps - 1) : 0;
  return last + ((first - last) * (1 + Math.cos(Math.PI * progress))) / 2;
}
