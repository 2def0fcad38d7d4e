/**
 * A seed for a part of a computation, so that each part (an epoch, a sampled task) has its own stream and can be redone
 * alone: resuming in the middle draws what an unbroken run would have drawn.
 *
 * Formula: MurmurHash3's 32-bit finaliser over seed and part. Source: Austin Appleby, public domain.
 *
 * @returns an integer in [0, 2^32)
 */
export function derivedSeed(seed: number, part: number): number {
  let hash = Math.imul(seed, 0x9e3779b1) ^ Math.imul(part + 1, 0x85ebca77);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
