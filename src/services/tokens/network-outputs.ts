import { matrix, type Matrix } from "../../engine/matrix.js";
import type { MetricInput } from "../../engine/transferability/metric.js";
import type { NetworkBatch } from "./open-network.js";

/** What a network says about the samples that metrics look at, and what asking it about all of them took. */
export interface NetworkOutputs {
  readonly matrices: Pick<MetricInput, "features" | "sourceProbabilities">;
  readonly seconds: number;
}

/**
 * Puts the batches of a run together: metrics read all samples at once. That is small (4 bytes a feature) where the images
 * are not.
 *
 * @param positions samples to keep, ascending, by their place in the run
 * @param look      shown every batch before the next one is asked for; its time does not count. False ends the run
 * @returns undefined if the run was ended
 */
export async function outputsOf(
  batches: AsyncIterable<NetworkBatch>,
  positions: Int32Array,
  look: (batch: NetworkBatch) => Promise<boolean>,
): Promise<NetworkOutputs | undefined> {
  const features = new RowCollector(positions);
  const probabilities = new RowCollector(positions);
  let looking = 0;
  const begin = performance.now();
  for await (const batch of batches) {
    const before = performance.now();
    features.add(batch.features);
    if (batch.probabilities !== undefined) probabilities.add(batch.probabilities);
    if (!(await look(batch))) return undefined;
    looking += performance.now() - before;
  }
  const seconds = (performance.now() - begin - looking) / 1000;
  const sourceProbabilities = probabilities.finish();
  return {
    matrices: { features: features.finish()!, ...(sourceProbabilities && { sourceProbabilities }) },
    seconds,
  };
}

/** The wanted rows of matrices of equal width, one below the other. */
class RowCollector {
  #values: Float32Array | undefined;
  #columns = 0;
  #filled = 0;
  #seen = 0;

  constructor(private readonly positions: Int32Array) {}

  add({ rows, columns, values }: Matrix): void {
    this.#columns = columns;
    this.#values ??= new Float32Array(this.positions.length * columns);
    for (; this.#filled < this.positions.length; this.#filled++) {
      const row = this.positions[this.#filled]! - this.#seen;
      if (row >= rows) break;
      this.#values.set(values.subarray(row * columns, (row + 1) * columns), this.#filled * columns);
    }
    this.#seen += rows;
  }

  /** Undefined if nothing was added. */
  finish(): Matrix | undefined {
    return this.#values && matrix(this.positions.length, this.#columns, this.#values);
  }
}
