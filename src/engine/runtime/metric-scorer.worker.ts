import { performance } from "node:perf_hooks";

import type { MetricInput } from "../transferability/metric.js";
import { measure, type MetricName } from "../transferability/registry.js";
import { serveRequests } from "./serve-requests.js";

/** The thread of a MetricScorer. */
export interface MeasureRequest {
  readonly input: MetricInput;
  readonly metrics: readonly MetricName[];
}

/** What a metric says of one (PTM, task) pair: its value, or why it has none. */
export type Measurement = {
  readonly metric: MetricName;
  /** Own time of the metric; what several metrics share is paid by the one that is asked first. */
  readonly seconds: number;
} & ({ readonly value: number } | { readonly reason: string });

serveRequests(
  {
    measure: async ({ input, metrics }: MeasureRequest) => {
      const result: Measurement[] = [];
      for (const metric of metrics) result.push(await measured(metric, input));
      return { result };
    },
  },
  async () => undefined,
);

/** Metrics refuse what they are not defined for with a RangeError; anything else is a defect and ends the request. */
async function measured(metric: MetricName, input: MetricInput): Promise<Measurement> {
  const begin = performance.now();
  const seconds = (): number => (performance.now() - begin) / 1000;
  try {
    const value = await measure(metric, input);
    if (Number.isFinite(value)) return { metric, value, seconds: seconds() };
    return {
      metric,
      reason: `measure: ${metric} has no finite value here, got ${value}`,
      seconds: seconds(),
    };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { metric, reason: error.message, seconds: seconds() };
  }
}
