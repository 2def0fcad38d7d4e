import "./no-telemetry.js";
import { InferenceSession, Tensor } from "onnxruntime-node";

import { doubleMatrix, type DoubleMatrix } from "../linalg/double-matrix.js";
import { GraphBuilder } from "../onnx/graph-builder.js";

type Transposition = "none" | "left" | "right";

const sessions = new Map<Transposition, Promise<InferenceSession>>();

/**
 * A B in float64.
 *
 * ONNX Runtime's kernel because plain JavaScript multiplies 30 times slower (docs/adr/0010-linear-algebra.md). One
 * thread: jobs run side by side, and sums in one order make every score repeatable.
 *
 * @param a shape [m, k]
 * @param b shape [k, n]
 * @returns shape [m, n]
 * @throws RangeError if the inner dimensions differ
 */
export function multiply(a: DoubleMatrix, b: DoubleMatrix): Promise<DoubleMatrix> {
  return gemm("none", a, b, a.rows, a.columns, b.rows, b.columns);
}

/** A^T B for a [k, m] and b [k, n]; shape [m, n]. */
export function multiplyTransposedLeft(a: DoubleMatrix, b: DoubleMatrix): Promise<DoubleMatrix> {
  return gemm("left", a, b, a.columns, a.rows, b.rows, b.columns);
}

/** A B^T for a [m, k] and b [n, k]; shape [m, n]. */
export function multiplyTransposedRight(a: DoubleMatrix, b: DoubleMatrix): Promise<DoubleMatrix> {
  return gemm("right", a, b, a.rows, a.columns, b.columns, b.rows);
}

async function gemm(
  transposition: Transposition,
  a: DoubleMatrix,
  b: DoubleMatrix,
  rows: number,
  innerA: number,
  innerB: number,
  columns: number,
): Promise<DoubleMatrix> {
  if (innerA !== innerB) {
    throw new RangeError(`multiply: inner dimensions must be equal, got ${innerA} and ${innerB}`);
  }
  // The runtime refuses empty tensors; a sum over nothing is zero.
  if (rows === 0 || columns === 0 || innerA === 0) return doubleMatrix(rows, columns);
  const session = await sessionFor(transposition);
  const { product } = await session.run({ a: toTensor(a), b: toTensor(b) });
  return doubleMatrix(rows, columns, product!.data as Float64Array<ArrayBuffer>);
}

function toTensor(matrix: DoubleMatrix): Tensor {
  return new Tensor("float64", matrix.values, [matrix.rows, matrix.columns]);
}

function sessionFor(transposition: Transposition): Promise<InferenceSession> {
  let session = sessions.get(transposition);
  if (session === undefined) {
    const graph = new GraphBuilder("multiply");
    graph.input("a", "float64", ["a_rows", "a_columns"]);
    graph.input("b", "float64", ["b_rows", "b_columns"]);
    graph.node(
      "Gemm",
      ["a", "b"],
      { transA: transposition === "left" ? 1 : 0, transB: transposition === "right" ? 1 : 0 },
      "product",
    );
    graph.output("product", "float64", ["rows", "columns"]);
    session = InferenceSession.create(graph.finish(), { intraOpNumThreads: 1, interOpNumThreads: 1 });
    sessions.set(transposition, session);
  }
  return session;
}
