import assert from "node:assert/strict";
import { test } from "node:test";

import { InferenceSession, Tensor } from "onnxruntime-node";

import { GraphBuilder } from "../../../src/engine/onnx/graph-builder.js";

test("a built graph runs in ONNX Runtime and computes its formula", async () => {
  const graph = new GraphBuilder("affine");
  const x = graph.input("x", "float32", ["n", 2]);
  const weights = graph.constant(Float32Array.of(1, 2, 3, 4), [2, 2]);
  const product = graph.node("Gemm", [x, weights, graph.scalar(10)], { transB: 1, alpha: { float: 0.5 } });
  graph.node("ReduceSum", [product, graph.integers(-1)], { keepdims: 0 }, "y");
  graph.output("y", "float32", ["n"]);

  const session = await InferenceSession.create(graph.finish());
  const results = await session.run({ x: new Tensor("float32", [1, 1, 2, 0], [2, 2]) });

  // 0.5 * [1 1] W^T + 10 = [11.5, 13.5]; 0.5 * [2 0] W^T + 10 = [11, 13]
  assert.deepEqual([...(results["y"]!.data as Float32Array)], [25, 24]);
});

test("a built graph runs in float64 with several outputs of one node", async () => {
  const graph = new GraphBuilder("split");
  graph.input("x", "float64", [4]);
  graph.nodes("Split", ["x", graph.integers(1, 3)], { axis: 0 }, ["head", "tail"]);
  graph.output("head", "float64", [1]);
  graph.output("tail", "float64", [3]);

  const session = await InferenceSession.create(graph.finish());
  const results = await session.run({ x: new Tensor("float64", [1 / 3, 2, 3, 4], [4]) });

  assert.deepEqual([...(results["head"]!.data as Float64Array)], [1 / 3]);
  assert.deepEqual([...(results["tail"]!.data as Float64Array)], [2, 3, 4]);
});
