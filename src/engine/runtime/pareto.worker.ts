import { comparePareto } from "../ranking/pareto-comparison.js";
import { serveRequests } from "./serve-requests.js";

/** The thread of a ParetoThread. */
export interface CompareRequest {
  readonly fitness: Float32Array;
  readonly costs: readonly Float64Array[];
}

serveRequests(
  {
    compare: async ({ fitness, costs }: CompareRequest) => {
      const result = comparePareto(fitness, costs);
      const { order, front, unknown } = result;
      return { result, transfer: [order.buffer, front.buffer, unknown.buffer] as ArrayBuffer[] };
    },
  },
  async () => undefined,
);
