import { ELEMENT_TYPES, GraphBuilder } from "../onnx/graph-builder.js";
import type { SpiderParameters } from "./spider.js";

const { float32: FLOAT32, float64: FLOAT64 } = ELEMENT_TYPES; // what Cast takes as a number

/*
 * The exact fast form of fitness.ts for a whole zoo, as ONNX graphs.
 *
 * Everything that belongs to the PTM alone or to the task alone leaves the loop. With A = W_Q^T W_K / sqrt d and
 * F = W_O W_V, and because attention weights sum to one, the reference's h before LayerNorm_1 is
 *
 *     logits = [theta . A x_c for every row c, theta . A theta]
 *     h      = theta + a_0 (F theta + b_O) + sum_c a_c (F x_c + b_O)
 *
 * so a PTM costs O(C d) instead of O(C d^2). foldGraph runs once a spider, ptmGraph once a PTM, taskGraph once a task,
 * specificGraph once a re-ranked PTM, scoreGraph once a tile of PTMs. gram-graph.ts goes one step further.
 *
 * Letters: d token width, d_psi and d_m feature widths, C rows that a PTM attends to, m PTMs of a tile.
 */

/**
 * Multiplies the spider's matrices out, in float64: two products of d x d each would double float32's error.
 *
 * Inputs: the arrays of SpiderParameters by their names, matrices [out, in], vectors [d].
 * Outputs: keyMap A and valueMap F [d, d] float64; taskKeyMap A U and taskValueMap F U [d, d_psi], taskKeyBias A u and
 * taskValueBias F u + b_O [d], float32.
 */
export function foldGraph({ width: d, encoderWidth }: SpiderParameters): Uint8Array {
  const graph = new GraphBuilder("fold");
  const double = (name: string, shape: number[]): string =>
    graph.node("Cast", [graph.input(name, "float32", shape)], { to: FLOAT64 });
  const query = double("queryWeight", [d, d]);
  const key = double("keyWeight", [d, d]);
  const value = double("valueWeight", [d, d]);
  const output = double("outputWeight", [d, d]);
  const outputBias = double("outputBias", [d]);
  const encoder = double("encoderWeight", [d, encoderWidth]);
  const encoderBias = double("encoderBias", [d]);

  const keyProduct = graph.node("MatMul", [graph.node("Transpose", [query], { perm: [1, 0] }), key]);
  const scale = graph.scalar(1 / Math.sqrt(d), "float64");
  graph.node("Mul", [keyProduct, scale], {}, "keyMap");
  graph.node("MatMul", [output, value], {}, "valueMap");
  const single = (name: string, x: string): string => graph.node("Cast", [x], { to: FLOAT32 }, name);
  single("taskKeyMap", graph.node("MatMul", ["keyMap", encoder]));
  single("taskKeyBias", graph.node("MatMul", ["keyMap", encoderBias]));
  single("taskValueMap", graph.node("MatMul", ["valueMap", encoder]));
  single("taskValueBias", graph.node("Add", [graph.node("MatMul", ["valueMap", encoderBias]), outputBias]));

  for (const name of ["keyMap", "valueMap"]) graph.output(name, "float64", [d, d]);
  for (const name of ["taskKeyMap", "taskValueMap"]) graph.output(name, "float32", [d, encoderWidth]);
  for (const name of ["taskKeyBias", "taskValueBias"]) graph.output(name, "float32", [d]);
  return graph.finish();
}

/**
 * What a PTM brings to every ranking.
 *
 * Inputs: tokens theta [m, d] float32, keyMap and valueMap [d, d] float64, outputBias [d] float32.
 * Outputs: ownValues F theta + b_O [m, d] and ownLogits theta . A theta [m, 1], float32.
 */
export function ptmGraph({ width: d }: SpiderParameters): Uint8Array {
  const graph = new GraphBuilder("ptm");
  const tokens = graph.node("Cast", [graph.input("tokens", "float32", ["m", d])], { to: FLOAT64 });
  const keyMap = graph.input("keyMap", "float64", [d, d]);
  const valueMap = graph.input("valueMap", "float64", [d, d]);
  const bias = graph.node("Cast", [graph.input("outputBias", "float32", [d])], { to: FLOAT64 });

  const values = graph.node("Gemm", [tokens, valueMap, bias], { transB: 1 }); // [m, d] x [d, d] + [d] -> [m, d]
  const products = graph.node("Mul", [graph.node("MatMul", [tokens, keyMap]), tokens]);
  const logits = graph.node("ReduceSum", [products, graph.integers(1)], { keepdims: 1 }); // [m, d] -> [m, 1]
  graph.node("Cast", [values], { to: FLOAT32 }, "ownValues");
  graph.node("Cast", [logits], { to: FLOAT32 }, "ownLogits");
  graph.output("ownValues", "float32", ["m", d]);
  graph.output("ownLogits", "float32", ["m", 1]);
  return graph.finish();
}

/**
 * What a task brings to every PTM.
 *
 * Inputs: taskToken mu [C, d_psi] and foldGraph's task maps, float32.
 * Outputs: keys A x_c and values F x_c + b_O, both [C, d] float32.
 */
export function taskGraph({ width: d, encoderWidth }: SpiderParameters): Uint8Array {
  const graph = new GraphBuilder("task");
  const taskToken = graph.input("taskToken", "float32", ["C", encoderWidth]);
  for (const kind of ["Key", "Value"]) {
    const map = graph.input(`task${kind}Map`, "float32", [d, encoderWidth]);
    const bias = graph.input(`task${kind}Bias`, "float32", [d]);
    const output = `${kind.toLowerCase()}s`;
    // The map on the left: the right side is what the runtime copies into its own order, and that is the small one.
    const mapped = graph.node("Gemm", [map, taskToken], { transB: 1 }); // [d, d_psi] x [d_psi, C] -> [d, C]
    graph.node("Add", [graph.node("Transpose", [mapped], { perm: [1, 0] }), bias], {}, output); // -> [C, d]
    graph.output(output, "float32", ["C", d]);
  }
  return graph.finish();
}

/**
 * The rows that a re-ranked PTM attends to: the task's, then its own specific ones.
 *
 * Inputs: taskKeys and taskValues [C, d], specificToken mu_m [C', d_m], projection P_m [d, d_m], projectionBias p_m and
 * outputBias [d], float32; keyMap and valueMap [d, d] float64.
 * Outputs: keys and values [C + C', d] float32.
 */
export function specificGraph({ width: d }: SpiderParameters): Uint8Array {
  const graph = new GraphBuilder("specific");
  const double = (name: string, shape: (number | string)[]): string =>
    graph.node("Cast", [graph.input(name, "float32", shape)], { to: FLOAT64 });
  const taskKeys = graph.input("taskKeys", "float32", ["C", d]);
  const taskValues = graph.input("taskValues", "float32", ["C", d]);
  const token = double("specificToken", ["C_specific", "d_m"]);
  const projection = double("projection", [d, "d_m"]);
  const rows = graph.node("Gemm", [token, projection, double("projectionBias", [d])], { transB: 1 }); // -> [C', d]

  const keys = graph.node("Gemm", [rows, graph.input("keyMap", "float64", [d, d])], { transB: 1 });
  const valueMap = graph.input("valueMap", "float64", [d, d]);
  const values = graph.node("Gemm", [rows, valueMap, double("outputBias", [d])], { transB: 1 });
  const append = (first: string, second: string, name: string): void => {
    graph.node("Concat", [first, graph.node("Cast", [second], { to: FLOAT32 })], { axis: 0 }, name);
    graph.output(name, "float32", ["C_total", d]);
  };
  append(taskKeys, keys, "keys");
  append(taskValues, values, "values");
  return graph.finish();
}

/**
 * Fitness of a tile of PTMs.
 *
 * Inputs: tokens theta [m, d], ownValues [m, d], ownLogits [m, 1], keys and values [C, d], float32.
 * Output: fitness [m, 1] float32.
 *
 * Cost: 4 C d operations a PTM.
 */
export function scoreGraph(parameters: SpiderParameters): Uint8Array {
  const { width: d, layerNormEpsilon, norm1Gain, norm1Bias, norm2Gain, norm2Bias } = parameters;
  const graph = new GraphBuilder("score");
  const tokens = graph.input("tokens", "float32", ["m", d]);
  const ownValues = graph.input("ownValues", "float32", ["m", d]);
  const ownLogits = graph.input("ownLogits", "float32", ["m", 1]);
  const keys = graph.input("keys", "float32", ["C", d]);
  const values = graph.input("values", "float32", ["C", d]);

  const logits = graph.node("Gemm", [tokens, keys], { transB: 1 }); // [m, d] x [d, C] -> [m, C]
  const attention = graph.node("Softmax", [graph.node("Concat", [logits, ownLogits], { axis: 1 })], {
    axis: 1,
  });
  const [first, last, end, columns] = [0, -1, Number.MAX_SAFE_INTEGER, 1].map((n) => graph.integers(n));
  const toRows = graph.node("Slice", [attention, first!, last!, columns!]); // [m, C]
  const toItself = graph.node("Slice", [attention, last!, end!, columns!]); // [m, 1]
  const mixed = graph.node("Gemm", [toRows, values, tokens]); // [m, C] x [C, d] + [m, d] -> [m, d]
  const attended = graph.node("Add", [mixed, graph.node("Mul", [toItself, ownValues])]);

  const vector = (values: Float32Array): string => graph.constant(values, [d]);
  const epsilon = { epsilon: { float: layerNormEpsilon } };
  const hidden = graph.node("LayerNormalization", [attended, vector(norm1Gain), vector(norm1Bias)], epsilon);
  const normed = graph.node("LayerNormalization", [hidden, vector(norm2Gain), vector(norm2Bias)], epsilon);
  const head = graph.constant(parameters.headWeight, [d, 1]);
  graph.node("Gemm", [normed, head, graph.scalar(parameters.headBias)], {}, "fitness");
  graph.output("fitness", "float32", ["m", 1]);
  return graph.finish();
}
