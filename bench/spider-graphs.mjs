// The forms that the product does not use, as ONNX graphs, so that spider.mjs can measure them.
const src = new URL("../dist/src/", import.meta.url);
const { GraphBuilder } = await import(new URL("engine/onnx/graph-builder.js", src));

const square = (graph, name, values, d) => graph.constant(values, [d, d], name);

function normed(graph, x, gain, bias, d, epsilon) {
  const inputs = [x, graph.constant(gain, [d]), graph.constant(bias, [d])];
  return graph.node("LayerNormalization", inputs, { epsilon: { float: epsilon } });
}

function finish(graph, attended, s) {
  const d = s.width;
  const hidden = normed(graph, attended, s.norm1Gain, s.norm1Bias, d, s.layerNormEpsilon);
  const last = normed(graph, hidden, s.norm2Gain, s.norm2Bias, d, s.layerNormEpsilon);
  graph.node("Gemm", [last, graph.constant(s.headWeight, [d, 1]), graph.scalar(s.headBias)], {}, "fitness");
  graph.output("fitness", "float32", ["m", 1]);
  return graph.finish();
}

/** Form O: the attention of one PTM's whole sequence, every position, as the authors' loop computes it. */
export function originalGraph(s) {
  const d = s.width;
  const graph = new GraphBuilder("original");
  const rows = graph.node(
    "Concat",
    [graph.input("token", "float32", [1, d]), graph.input("rows", "float32", ["C", d])],
    { axis: 0 },
  );
  const project = (name) => graph.node("Gemm", [rows, square(graph, name, s[name], d)], { transB: 1 });
  const [query, key, value] = ["queryWeight", "keyWeight", "valueWeight"].map(project);
  const logits = graph.node("Gemm", [query, key], { transB: 1, alpha: { float: 1 / Math.sqrt(d) } });
  const mixed = graph.node("MatMul", [graph.node("Softmax", [logits], { axis: 1 }), value]);
  const output = [mixed, square(graph, "outputWeight", s.outputWeight, d), graph.constant(s.outputBias, [d])];
  const attended = graph.node("Add", [graph.node("Gemm", output, { transB: 1 }), rows]);
  const hidden = normed(graph, attended, s.norm1Gain, s.norm1Bias, d, s.layerNormEpsilon);
  const first = graph.node("Gather", [hidden, graph.integers(0)], { axis: 0 });
  const last = normed(graph, first, s.norm2Gain, s.norm2Bias, d, s.layerNormEpsilon);
  graph.node("Gemm", [last, graph.constant(s.headWeight, [d, 1]), graph.scalar(s.headBias)], {}, "fitness");
  graph.output("fitness", "float32", [1, 1]);
  return graph.finish();
}

/** Form A: queries, values and own logits of the PTMs are kept; one d x d product over all PTMs is left. */
export function factoredGraph(s) {
  const d = s.width;
  const graph = new GraphBuilder("factored");
  const tokens = graph.input("tokens", "float32", ["m", d]);
  const queries = graph.input("queries", "float32", ["m", d]);
  const ownValues = graph.input("values", "float32", ["m", d]);
  const own = graph.input("ownLogits", "float32", ["m", 1]);
  const rows = graph.input("rows", "float32", ["C", d]);
  const key = graph.node("Gemm", [rows, square(graph, "keyWeight", s.keyWeight, d)], { transB: 1 });
  const value = graph.node("Gemm", [rows, square(graph, "valueWeight", s.valueWeight, d)], { transB: 1 });
  const logits = graph.node("Gemm", [queries, key], { transB: 1, alpha: { float: 1 / Math.sqrt(d) } });
  const attention = graph.node("Softmax", [graph.node("Concat", [logits, own], { axis: 1 })], { axis: 1 });
  const [zero, last, end, axis] = [0, -1, Number.MAX_SAFE_INTEGER, 1].map((n) => graph.integers(n));
  const toRows = graph.node("Slice", [attention, zero, last, axis]);
  const toSelf = graph.node("Slice", [attention, last, end, axis]);
  const mixed = graph.node("Gemm", [toRows, value, graph.node("Mul", [toSelf, ownValues])]);
  const output = [mixed, square(graph, "outputWeight", s.outputWeight, d), graph.constant(s.outputBias, [d])];
  return finish(graph, graph.node("Add", [graph.node("Gemm", output, { transB: 1 }), tokens]), s);
}
