import { matrix, type Matrix } from "../matrix.js";
import type { MetricInput } from "../transferability/metric.js";
import type { MetricName } from "../transferability/registry.js";
import type { Measurement, MeasureRequest } from "./metric-scorer.worker.js";
import { RequestWorker } from "./request-worker.js";

/**
 * Measures transferability metrics in a worker thread: one pair may take seconds of plain arithmetic, and a server's event
 * loop must stay free. Pairs are measured one after the other. The thread starts with the first pair.
 */
export class MetricScorer {
  #worker: RequestWorker | undefined;
  #closed = false;

  /**
   * All metrics of one (PTM, task) pair; they share their statistics.
   *
   * @param input   copied
   * @param metrics in the order in which they are computed
   * @returns one measurement for each of `metrics`, in their order: its value, or why it is undefined for this input
   * @throws Error when the thread has died or the scorer is closed, and for a defect of a metric
   */
  async measure(input: MetricInput, metrics: readonly MetricName[]): Promise<Measurement[]> {
    if (this.#closed) throw new Error("metricScorer: closed");
    if (this.#worker === undefined || this.#worker.stopped) {
      this.#worker = new RequestWorker(
        "metricScorer",
        new URL("metric-scorer.worker.js", import.meta.url),
        () => undefined, // it computes in plain JavaScript and warns of nothing
      );
    }
    const { features, labels, classCount, sourceProbabilities } = input;
    const request: MeasureRequest = {
      metrics,
      input: {
        features: ownMatrix(features),
        labels: new Int32Array(labels),
        classCount,
        ...(sourceProbabilities && { sourceProbabilities: ownMatrix(sourceProbabilities) }),
      },
    };
    return this.#worker.request<Measurement[]>("measure", request);
  }

  /** Ends the thread after what it was asked before. May be called again. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#worker?.close();
  }
}

/** A view of a larger buffer would be sent with all of it. */
function ownMatrix({ rows, columns, values }: Matrix): Matrix {
  return matrix(rows, columns, new Float32Array(values));
}
