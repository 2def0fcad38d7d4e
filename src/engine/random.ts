/**
 * A stream of uniform numbers in [0, 1) that depends on nothing but its seed.
 *
 * Formula: mulberry32, 32 bits of state, period 2^32. Source: Tommy Ettinger, public domain. Good enough to draw samples;
 * not for secrets.
 *
 * @param seed an integer; only its low 32 bits count
 * @throws RangeError if the seed is not a safe integer
 */
export function uniformStream(seed: number): () => number {
  if (!Number.isSafeInteger(seed))
    throw new RangeError(`uniformStream: a seed must be an integer, got ${seed}`);
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}
