import { ELEMENT_TYPES, GraphBuilder } from "../onnx/graph-builder.js";
import type { SpiderParameters } from "./spider.js";
import type { TokenStorage } from "./token-storage.js";

const { float32: FLOAT32, float64: FLOAT64 } = ELEMENT_TYPES; // what Cast takes as a number

/*
 * The Gram form of fitness.ts: the exact score of a whole zoo from one matrix product and a few numbers a PTM.
 *
 * Both LayerNorms and the head read h = theta + a_0 f + sum_c a_c F_c (f = F theta + b_O, F_c = F x_c + b_O, see
 * score-graph.ts) only through inner products. With the projections p(x) = x - mean(x) and r(x) = p(g_1 * p(x)), both
 * linear, and
 *
 *     n_1 = |p(h)|^2      n_2 = |r(h)|^2      l_b = 2 <r(h), p(b_1)>      l_w = <r(h), w * g_2>
 *     s   = 1 / sqrt(n_1 / d + epsilon)
 *     phi = (s l_w + <p(b_1), w * g_2>) / sqrt((s^2 n_2 + s l_b + |p(b_1)|^2) / d + epsilon) + w . b_2 + b
 *
 * Expanded over the C + 2 vectors of h, every product is either of the task alone (Gram matrices [C, C]), of the PTM
 * alone (PTM_SCALARS numbers), or of both and then linear in theta: <v, f> = (F^T v) . theta + v . b_O. So a tile of
 * PTMs is tokens [m, d] times projections [5 C, d], the tokens are read once, and nothing of size m x d is written.
 *
 * Letters: d token width, C classes, m PTMs of a tile.
 */

/** Numbers that a PTM brings besides its token: own logit, then pairs (n_1, n_2) or (l_b, l_w); see ptmScalarsGraph. */
export const PTM_SCALARS = 11;

/**
 * The numbers of the PTMs of a tile, in float64 inside: they are sums of d products that every ranking reuses.
 *
 * Inputs: tokens theta [m, d] float32, keyMap and valueMap [d, d] float64, outputBias [d] float32.
 * Output: scalars [m, PTM_SCALARS] float32, columns: theta . A theta; |p f|^2, |r f|^2; 2 <p f, p theta>, 2 <r f, r theta>;
 * |p theta|^2, |r theta|^2; l_b and l_w of f; l_b and l_w of theta.
 */
export function ptmScalarsGraph(parameters: SpiderParameters): Uint8Array {
  const { width: d, norm1Gain, norm1Bias, norm2Gain, headWeight } = parameters;
  const graph = new GraphBuilder("ptmScalars");
  const tokens = graph.node("Cast", [graph.input("tokens", "float32", ["m", d])], { to: FLOAT64 });
  const keyMap = graph.input("keyMap", "float64", [d, d]);
  const valueMap = graph.input("valueMap", "float64", [d, d]);
  const outputBias = graph.node("Cast", [graph.input("outputBias", "float32", [d])], { to: FLOAT64 });
  const gain = graph.constant(Float64Array.from(norm1Gain), [d]);
  const bias = graph.constant(centred(norm1Bias), [d]);
  const head = graph.constant(product(headWeight, norm2Gain), [d]);
  const two = graph.scalar(2, "float64");

  const centre = (x: string): string =>
    graph.node("Sub", [x, graph.node("ReduceMean", [x], { axes: [1], keepdims: 1 })]);
  const dot = (x: string, y: string): string =>
    graph.node("ReduceSum", [graph.node("Mul", [x, y]), graph.integers(1)], { keepdims: 1 }); // [m, d] -> [m, 1]
  const twice = (x: string): string => graph.node("Mul", [x, two]);

  const own = graph.node("Gemm", [tokens, valueMap, outputBias], { transB: 1 }); // f [m, d]
  const pOwn = centre(own);
  const pToken = centre(tokens);
  const rOwn = centre(graph.node("Mul", [gain, pOwn]));
  const rToken = centre(graph.node("Mul", [gain, pToken]));
  const scalars = [
    dot(graph.node("MatMul", [tokens, keyMap]), tokens),
    dot(pOwn, pOwn),
    dot(rOwn, rOwn),
    twice(dot(pOwn, pToken)),
    twice(dot(rOwn, rToken)),
    dot(pToken, pToken),
    dot(rToken, rToken),
    twice(dot(rOwn, bias)),
    dot(rOwn, head),
    twice(dot(rToken, bias)),
    dot(rToken, head),
  ];
  graph.node("Cast", [graph.node("Concat", scalars, { axis: 1 })], { to: FLOAT32 }, "scalars");
  graph.output("scalars", "float32", ["m", PTM_SCALARS]);
  return graph.finish();
}

/**
 * What a task brings to the Gram form.
 *
 * Inputs: keys A x_c and values F_c [C, d] of taskGraph, valueMapTransposed F^T [d, d] and outputBias b_O [d], float32.
 * Outputs: projections [5 C, d], what tokens are multiplied with: A x_c; F^T v_c for v_c = 2 p(F_c), then for
 * v_c = 2 p(g_1 * r(F_c)); these v_c themselves. gram [2 C + 4, C], what attention is multiplied with: the Gram matrices
 * of p(F_c) and r(F_c); v_c . b_O for both kinds; l_b and l_w of F_c.
 *
 * Cost: 4 C d^2 operations.
 */
export function taskGramGraph({
  width: d,
  norm1Gain,
  norm1Bias,
  norm2Gain,
  headWeight,
}: SpiderParameters): Uint8Array {
  const graph = new GraphBuilder("taskGram");
  const keys = graph.input("keys", "float32", ["C", d]);
  const values = graph.input("values", "float32", ["C", d]);
  const valueMap = graph.input("valueMapTransposed", "float32", [d, d]);
  const outputBias = graph.input("outputBias", "float32", [d]);
  const gain = graph.constant(norm1Gain, [d]);
  const readers = new Float32Array([
    ...centred(norm1Bias).map((x) => 2 * x),
    ...product(headWeight, norm2Gain),
  ]);
  const two = graph.scalar(2);

  const centre = (x: string): string =>
    graph.node("Sub", [x, graph.node("ReduceMean", [x], { axes: [1], keepdims: 1 })]);
  const timesTransposed = (x: string, y: string): string => graph.node("Gemm", [x, y], { transB: 1 });

  const p = centre(values); // [C, d]
  const r = centre(graph.node("Mul", [gain, p]));
  const pp = centre(graph.node("Mul", [gain, r]));
  const directions = graph.node("Mul", [graph.node("Concat", [p, pp], { axis: 0 }), two]); // v [2 C, d]
  // The map on the left, as in taskGraph: (F^T v)^T for every direction v.
  const mapped = timesTransposed(valueMap, directions); // [d, d] x [d, 2 C] -> [d, 2 C]
  const ownDirections = graph.node("Transpose", [mapped], { perm: [1, 0] });
  graph.node("Concat", [keys, ownDirections, directions], { axis: 0 }, "projections");

  const column = graph.node("Unsqueeze", [outputBias, graph.integers(1)]);
  const biases = graph.node("Reshape", [graph.node("MatMul", [directions, column]), graph.integers(2, -1)]); // [2, C]
  const linear = timesTransposed(graph.constant(readers, [2, d]), r); // [2, d] x [d, C] -> [2, C]
  const parts = [timesTransposed(p, p), timesTransposed(r, r), biases, linear];
  graph.node("Concat", parts, { axis: 0 }, "gram");
  graph.output("projections", "float32", ["C_5", d]);
  graph.output("gram", "float32", ["C_2_4", "C"]);
  return graph.finish();
}

/**
 * Products of a tile of PTMs with the projections of one task or several: [P, d] x [d, m] -> [P, m].
 *
 * Inputs: tokens [m, d] as stored, projections [P, d] float32; for int8 tokens also scales [1, m], each PTM's step.
 * Output: products [P, m] float32.
 */
export function projectGraph(parameters: SpiderParameters, storage: TokenStorage): Uint8Array {
  const graph = new GraphBuilder("project");
  project(graph, parameters, storage, undefined, "products");
  graph.output("products", "float32", ["P", "m"]);
  return graph.finish();
}

/**
 * Fitness of a tile of PTMs from products that projectGraph has made.
 *
 * Inputs: products [5 C, m], and those of gramScoreGraph.
 * Output: fitness [1, m] float32.
 */
export function projectedScoreGraph(parameters: SpiderParameters): Uint8Array {
  const graph = new GraphBuilder("projectedScore");
  scoreProducts(graph, parameters, graph.input("products", "float32", ["P", "m"]));
  return graph.finish();
}

/** A tile of PTMs that a graph holds as weights: tokens [m, d] and scalars [m, PTM_SCALARS]. */
export interface ResidentTile {
  readonly tokens: Float32Array;
  readonly scalars: Float32Array;
}

/**
 * Fitness of a tile of PTMs.
 *
 * Inputs: tokens [m, d] as stored, projections [5 C, d], gram [2 C + 4, C], scalars [m, PTM_SCALARS], float32; the
 * sizes that follow from C (gramShapes), int64; for int8 tokens also scales [1, m], each PTM's step.
 * Output: fitness [1, m] float32.
 *
 * Cost: 10 C d + 4 C^2 operations a PTM.
 *
 * @param resident a float32 tile that stays in the graph; tokens and scalars are then no inputs
 */
export function gramScoreGraph(
  parameters: SpiderParameters,
  storage: TokenStorage,
  resident?: ResidentTile,
): Uint8Array {
  const graph = new GraphBuilder("gramScore");
  scoreProducts(graph, parameters, project(graph, parameters, storage, resident), resident);
  return graph.finish();
}

/** The int64 inputs of gramScoreGraph and projectedScoreGraph for a task of C classes. */
export function gramShapes(
  classes: number,
): Record<"productParts" | "gramParts" | "stacked", { values: BigInt64Array; shape: number[] }> {
  const integers = (...values: number[]): { values: BigInt64Array; shape: number[] } => ({
    values: BigInt64Array.from(values, BigInt),
    shape: [values.length],
  });
  return {
    productParts: integers(classes, 2 * classes, 2 * classes),
    gramParts: integers(2 * classes, 2, 2),
    stacked: integers(2, classes, -1),
  };
}

function project(
  graph: GraphBuilder,
  { width: d }: SpiderParameters,
  storage: TokenStorage,
  resident?: ResidentTile,
  output?: string,
): string {
  const stored = resident
    ? graph.constant(resident.tokens, [resident.tokens.length / d, d])
    : graph.input("tokens", storage, ["m", d]);
  const tokens = storage === "float32" ? stored : graph.node("Cast", [stored], { to: FLOAT32 });
  const projections = graph.input("projections", "float32", ["P", d]);
  // Tokens on the right: the result then has one row a product, and all that follows runs along the PTMs of the tile.
  if (storage !== "int8") return graph.node("Gemm", [projections, tokens], { transB: 1 }, output);
  const steps = graph.node("Gemm", [projections, tokens], { transB: 1 });
  return graph.node("Mul", [steps, graph.input("scales", "float32", [1, "m"])], {}, output);
}

function scoreProducts(
  graph: GraphBuilder,
  parameters: SpiderParameters,
  products: string,
  resident?: ResidentTile,
): void {
  const { width: d, layerNormEpsilon, norm1Bias, norm2Bias, norm2Gain, headWeight, headBias } = parameters;
  const gram = graph.input("gram", "float32", ["C_2_4", "C"]);
  const stored = resident
    ? graph.constant(resident.scalars, [resident.scalars.length / PTM_SCALARS, PTM_SCALARS])
    : graph.input("scalars", "float32", ["m", PTM_SCALARS]);
  const scalars = graph.node("Transpose", [stored], { perm: [1, 0] });
  const split = (x: string, sizes: string, count: number): string[] => {
    const parts = Array.from({ length: count }, (_, i) => `${x}_part${i}`);
    graph.nodes("Split", [x, sizes], { axis: 0 }, parts);
    return parts;
  };
  const add = (x: string, y: string): string => graph.node("Add", [x, y]);
  const times = (x: string, y: string): string => graph.node("Mul", [x, y]);

  const [logits, ownProducts, tokenProducts] = split(products, graph.input("productParts", "int64", [3]), 3);
  const [ownLogit, ff, ft, tt, linearOwn, linearToken] = split(scalars, graph.integers(1, 2, 2, 2, 2, 2), 6);

  // Softmax over the C rows and the PTM's own: along columns, where the operator itself would copy twice.
  const along = graph.integers(0);
  const largest = graph.node("Max", [
    graph.node("ReduceMax", [logits!], { axes: [0], keepdims: 1 }),
    ownLogit!,
  ]);
  const powers = graph.node("Exp", [graph.node("Sub", [logits!, largest])]); // [C, m]
  const ownPower = graph.node("Exp", [graph.node("Sub", [ownLogit!, largest])]); // [1, m]
  const sum = add(graph.node("ReduceSum", [powers, along], { keepdims: 1 }), ownPower);
  const attention = graph.node("Div", [powers, sum]); // a [C, m]
  const a0 = graph.node("Div", [ownPower, sum]); // [1, m]

  const ofAttention = graph.node("MatMul", [gram, attention]); // [2 C + 4, C] x [C, m]
  const [quadratic, biases, linear] = split(ofAttention, graph.input("gramParts", "int64", [3]), 3);
  const inner = add(add(quadratic!, times(ownProducts!, a0)), tokenProducts!); // [2 C, m]
  const stacked = graph.node("Reshape", [inner, graph.input("stacked", "int64", [3])]); // [2, C, m]
  const bySum = graph.node("ReduceSum", [times(stacked, attention), graph.integers(1)], { keepdims: 0 });
  const byOwn = times(a0, add(add(biases!, ft!), times(a0, ff!)));
  // Squares: rounding alone can make them negative.
  const norms = graph.node("Relu", [add(add(bySum, byOwn), tt!)]); // n_1, n_2 [2, m]
  const reads = add(add(linear!, times(a0, linearOwn!)), linearToken!); // l_b, l_w [2, m]

  const halves = graph.integers(1, 1);
  const [n1, n2] = split(norms, halves, 2);
  const [lb, lw] = split(reads, halves, 2);
  const bias = centred(norm1Bias);
  const head = product(headWeight, norm2Gain);
  const perWidth = graph.scalar(1 / d);
  const epsilon = graph.scalar(layerNormEpsilon);
  const deviation = graph.node("Sqrt", [add(times(n1!, perWidth), epsilon)]);
  const s = graph.node("Reciprocal", [deviation]);
  const square = add(times(add(times(s, n2!), lb!), s), graph.scalar(dot(bias, bias)));
  const variance = times(graph.node("Relu", [square]), perWidth);
  const above = add(times(s, lw!), graph.scalar(dot(bias, head)));
  const below = graph.node("Sqrt", [add(variance, epsilon)]);
  const constant = graph.scalar(dot(Float64Array.from(headWeight), norm2Bias) + headBias);
  graph.node("Add", [graph.node("Div", [above, below]), constant], {}, "fitness");
  graph.output("fitness", "float32", [1, "m"]);
}

function centred(x: Float32Array): Float64Array {
  const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
  return Float64Array.from(x, (value) => value - mean);
}

function product(x: Float32Array, y: Float32Array): Float64Array {
  return Float64Array.from(x, (value, i) => value * y[i]!);
}

function dot(x: Float64Array, y: ArrayLike<number>): number {
  return x.reduce((sum, value, i) => sum + value * y[i]!, 0);
}
