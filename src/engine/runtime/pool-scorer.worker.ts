import { matrix, type Matrix } from "../matrix.js";
import { indexPool, type PoolIndex, type PoolLabels } from "../training/sample-task.js";
import { pooledTask } from "../training/training-pool.js";
import { measure, type MetricName } from "../transferability/registry.js";
import { serveRequests } from "./serve-requests.js";

/** A thread of scorePoolTasks. */
export interface PoolScorerOpening {
  readonly labels: PoolLabels;
  readonly seed: number;
  readonly metrics: readonly MetricName[];
  readonly features: Matrix;
}

let pool: (PoolScorerOpening & { readonly index: PoolIndex }) | undefined;

serveRequests(
  {
    open: async (opening: PoolScorerOpening) => {
      pool = { ...opening, index: indexPool(opening.labels) };
      return { result: undefined };
    },
    score: async (tasks: readonly number[]) => {
      const { metrics } = pool!;
      const scores = new Float32Array(tasks.length * metrics.length);
      for (const [i, task] of tasks.entries()) scores.set(await scoresOf(task), i * metrics.length);
      return { result: scores, transfer: [scores.buffer] };
    },
  },
  async () => undefined,
);

async function scoresOf(task: number): Promise<number[]> {
  const { index, seed, metrics, features } = pool!;
  const { samples, labels, classCount } = pooledTask(index, seed, task);
  const { columns, values } = features;
  const chosen = new Float32Array(samples.length * columns);
  samples.forEach((sample, i) =>
    chosen.set(values.subarray(sample * columns, (sample + 1) * columns), i * columns),
  );
  const input = { features: matrix(samples.length, columns, chosen), labels, classCount };
  const scores: number[] = [];
  for (const metric of metrics) {
    try {
      const value = await measure(metric, input);
      scores.push(Number.isFinite(value) ? value : -Infinity);
    } catch (error) {
      // Where a metric is undefined for a PTM, the PTM stands last: nothing speaks for it.
      if (!(error instanceof RangeError)) throw error;
      scores.push(-Infinity);
    }
  }
  return scores;
}
