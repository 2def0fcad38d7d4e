import type { Matrix } from "../matrix.js";
import type { PoolLabels } from "../training/sample-task.js";
import type { MetricName } from "../transferability/registry.js";
import type { PoolScorerOpening } from "./pool-scorer.worker.js";
import { RequestWorker } from "./request-worker.js";

/** Training tasks that one thread scores before it says so: a second or less. */
const CHUNK = 8;

export interface PoolScoring {
  readonly labels: PoolLabels;
  /** Draws the pool's training tasks. */
  readonly seed: number;
  readonly metrics: readonly MetricName[];
  /** T */
  readonly taskCount: number;
  /** One PTM's features, shape [n, D]; rows of samples that no wanted task has are not read. */
  readonly features: Matrix;
  /** The training tasks to score, in [0, T). */
  readonly wanted: readonly number[];
}

export interface PoolScoringRun {
  readonly threads: number;
  /** Told after every few tasks, 0 to 1. Answering false stops the scoring. */
  readonly progress: (share: number) => Promise<boolean>;
}

/**
 * The transferability scores of one PTM on training tasks of a pool, in worker threads side by side.
 *
 * Letters: T training tasks, V metrics, n samples, D features.
 *
 * @returns shape [T, V], larger is better; -Infinity where a metric is undefined, NaN for tasks that were not wanted;
 *   undefined if it was stopped
 * @throws Error if a thread dies, and for a defect of a metric
 *
 * Cost: about 10 ms of one core a task for three metrics of a PTM with 256 features.
 */
export async function scorePoolTasks(
  { wanted, taskCount, metrics, features, ...rest }: PoolScoring,
  { threads, progress }: PoolScoringRun,
): Promise<Float32Array | undefined> {
  const scores = new Float32Array(taskCount * metrics.length).fill(NaN);
  const shared = { ...features, values: sharedCopy(features.values) };
  const chunks: number[][] = [];
  for (let begin = 0; begin < wanted.length; begin += CHUNK) chunks.push(wanted.slice(begin, begin + CHUNK));
  let [next, done, stopped] = [0, 0, false];
  const work = async (worker: RequestWorker): Promise<void> => {
    await worker.request("open", { ...rest, metrics, features: shared } satisfies PoolScorerOpening);
    while (next < chunks.length && !stopped) {
      const tasks = chunks[next++]!;
      const own = await worker.request<Float32Array>("score", tasks);
      tasks.forEach((task, i) => {
        scores.set(own.subarray(i * metrics.length, (i + 1) * metrics.length), task * metrics.length);
      });
      done += tasks.length;
      if (!(await progress(done / wanted.length))) stopped = true;
    }
  };
  const workers = Array.from(
    { length: Math.min(threads, chunks.length) },
    () => new RequestWorker("poolScorer", new URL("pool-scorer.worker.js", import.meta.url), () => undefined),
  );
  try {
    await Promise.all(workers.map(work));
  } finally {
    await Promise.all(workers.map((worker) => worker.close()));
  }
  return stopped ? undefined : scores;
}

/** All threads read the same memory. */
function sharedCopy(values: Float32Array): Float32Array {
  const shared = new Float32Array(new SharedArrayBuffer(values.byteLength));
  shared.set(values);
  return shared;
}
