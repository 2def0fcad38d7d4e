import { setTimeout as delay } from "node:timers/promises";

const POLL = 15; // ms between two looks

/**
 * Looks again and again until there is something to see: for files and processes that send no event.
 *
 * @param deadline ms
 * @throws Error naming `what` if the deadline passes
 */
export async function waitUntil<T>(
  deadline: number,
  what: string,
  look: () => Promise<T | undefined>,
): Promise<T> {
  const start = performance.now();
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (performance.now() - start > deadline) {
      throw new Error(`startEmbeddedPostgres: waited ${deadline / 1000} s in vain for ${what}`);
    }
    await delay(POLL);
  }
}
