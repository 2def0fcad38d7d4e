/** What one batch of a run took. */
export interface TimedBatch {
  readonly samples: number;
  readonly seconds: number;
}

/** A latency and what it rests on. */
export interface BatchLatency {
  /** Median over the batches, of a batch's time divided by its samples. */
  readonly millisecondsPerSample: number;
  /** Samples of each batch that counted. */
  readonly batchSize: number;
  /** How many batches counted. */
  readonly batches: number;
}

/**
 * Milliseconds a sample of a run: of its batches of the largest size, without the first where there are others, because a
 * runtime's first batch also allocates.
 *
 * @returns undefined for a run without samples
 */
export function latencyOf(run: readonly TimedBatch[]): BatchLatency | undefined {
  const batchSize = Math.max(0, ...run.map(({ samples }) => samples));
  const full = run.filter(({ samples }) => samples === batchSize);
  const warm = full.length > 1 ? full.slice(1) : full;
  if (batchSize === 0) return undefined;
  const seconds = warm.map((batch) => batch.seconds).sort((a, b) => a - b);
  const middle = seconds.length >> 1;
  const median = seconds.length % 2 === 1 ? seconds[middle]! : (seconds[middle - 1]! + seconds[middle]!) / 2;
  return { millisecondsPerSample: (1000 * median) / batchSize, batchSize, batches: warm.length };
}
