/** Until a delivery is given up, and as many again for a replay. */
export const ATTEMPTS = 10;

const FIRST_SECONDS = 5;
const FACTOR = 4;
const LONGEST_SECONDS = 6 * 3600;
/** A delay varies by a quarter in both directions, so that what failed together does not come back together. */
const SPREAD = 0.25;

/**
 * How long to wait after an attempt that failed: 5 s, 20 s, 80 s ... at most six hours, ten attempts in about 20 hours.
 *
 * @param attempt 1 for the first
 * @param chance  0 to 1
 * @returns seconds
 */
export function retryDelay(attempt: number, chance: number): number {
  const seconds = Math.min(FIRST_SECONDS * FACTOR ** (attempt - 1), LONGEST_SECONDS);
  return seconds * (1 + SPREAD * (2 * chance - 1));
}
