import { InferenceSession, Tensor } from "onnxruntime-node";

import type { NamedTensor, TensorValues } from "../../src/engine/runtime/session.js";

const ELEMENT_TYPES = { Float32Array: "float32", Float64Array: "float64", Int32Array: "int32" } as const;

export interface ExactSession {
  run: (inputs: Readonly<Record<string, NamedTensor>>) => Promise<Record<string, NamedTensor>>;
}

/**
 * A session for graphs in float64 whose results are compared digit by digit. ONNX Runtime's extended optimisations
 * store fused factors such as 1 / sqrt d as float32 attributes, also in a float64 graph, which costs nine digits; so
 * they are off here. The product's graphs are in float32 and run with all of them.
 */
export async function openExactly(model: Uint8Array): Promise<ExactSession> {
  const session = await InferenceSession.create(model, { graphOptimizationLevel: "basic" });
  return {
    run: async (inputs) => {
      const feeds = Object.entries(inputs).map(([name, { values, shape }]) => {
        const type = ELEMENT_TYPES[values.constructor.name as keyof typeof ELEMENT_TYPES];
        return [name, new Tensor(type, values as never, shape)] as const;
      });
      const results = await session.run(Object.fromEntries(feeds));
      return Object.fromEntries(
        Object.entries(results).map(([name, { data, dims }]) => [
          name,
          { values: data as TensorValues, shape: dims },
        ]),
      );
    },
  };
}
