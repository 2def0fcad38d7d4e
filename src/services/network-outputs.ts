import { matrix, type Matrix } from "../engine/matrix.js";
import type { MetricInput } from "../engine/transferability/metric.js";
import type { NetworkBatch } from "./run-network.js";

/** What a network says about all samples, and what asking it took. */
export interface NetworkOutputs {
  readonly matrices: Pick<MetricInput, "features" | "sourceProbabilities">;
  readonly seconds: number;
}

/**
 * Puts the batches of a run together: metrics read all samples at once. That is small (4 bytes a feature) where the images
 * are not.
 *
 * @param count    samples of all batches
 * @param progress told after every batch how much is done, 0 to 1; its time does not count
 */
export async function outputsOf(
  batches: AsyncIterable<NetworkBatch>,
  count: number,
  progress: (share: number) => Promise<void>,
): Promise<NetworkOutputs> {
  const features = new RowCollector(count);
  const probabilities = new RowCollector(count);
  let told = 0;
  const begin = performance.now();
  for await (const batch of batches) {
    features.add(batch.features);
    if (batch.probabilities !== undefined) probabilities.add(batch.probabilities);
    const before = performance.now();
    await progress(batch.progress);
    told += performance.now() - before;
  }
  const seconds = (performance.now() - begin - told) / 1000;
  const sourceProbabilities = probabilities.finish();
  return {
    matrices: { features: features.finish()!, ...(sourceProbabilities && { sourceProbabilities }) },
    seconds,
  };
}

/** Matrices of equal width one below the other. */
class RowCollector {
  #values: Float32Array | undefined;
  #columns = 0;
  #filled = 0;

  constructor(private readonly rows: number) {}

  add({ columns, values }: Matrix): void {
    this.#columns = columns;
    this.#values ??= new Float32Array(this.rows * columns);
    this.#values.set(values, this.#filled);
    this.#filled += values.length;
  }

  /** Undefined if nothing was added. */
  finish(): Matrix | undefined {
    return this.#values && matrix(this.rows, this.#columns, this.#values);
  }
}
