import type { Dimension } from "../../onnx/graph-builder.js";
import type { Tape, Value } from "./tape.js";

/**
 * x W^T over the last axis of x, as PyTorch's Linear without a bias.
 *
 * @param x      [..., in]
 * @param weight [out, in]; may itself be computed
 * @returns [..., out]
 */
export function linear(tape: Tape, x: Value, weight: Value): Value {
  const [outputs, inputs] = weight.shape as [Dimension, Dimension];
  requireEqual("linear", x, weight, x.shape.at(-1), inputs);
  const turned = tape.emit("Transpose", [weight], [inputs, outputs], { perm: [1, 0] });
  const product = tape.emit("MatMul", [x, turned], [...x.shape.slice(0, -1), outputs]);
  return tape.recordOne([x, weight], product, (gradient) => [
    x.tracked ? tape.emit("MatMul", [gradient, weight], x.shape) : undefined, // [..., out] x [out, in]
    // [N, out]^T x [N, in] -> [out, in], N all leading axes together
    weight.tracked
      ? tape.emit("Gemm", [rows(tape, gradient), rows(tape, x)], weight.shape, { transA: 1 })
      : undefined,
  ]);
}

/**
 * The matrix product over the last two axes; leading axes, if any, must be the same in both.
 *
 * @param a [..., n, k]
 * @param b [..., k, p]
 * @returns [..., n, p]
 */
export function matMul(tape: Tape, a: Value, b: Value): Value {
  requireEqual("matMul", a, b, a.shape.at(-1), b.shape.at(-2));
  requireEqual("matMul", a, b, a.shape.slice(0, -2).join(), b.shape.slice(0, -2).join());
  const product = tape.emit("MatMul", [a, b], [...a.shape.slice(0, -1), b.shape.at(-1)!]);
  return tape.recordOne([a, b], product, (gradient) => [
    a.tracked ? tape.emit("MatMul", [gradient, turnedLast(tape, b)], a.shape) : undefined, // [n, p] x [p, k]
    b.tracked ? tape.emit("MatMul", [turnedLast(tape, a), gradient], b.shape) : undefined, // [k, n] x [n, p]
  ]);
}

/** [..., n, k] -> [..., k, n]; ONNX Runtime fuses it into the product that follows. */
function turnedLast(tape: Tape, x: Value): Value {
  const rank = x.shape.length;
  const axes = Array.from({ length: rank - 2 }, (_, axis) => axis);
  const shape = [...x.shape.slice(0, -2), x.shape.at(-1)!, x.shape.at(-2)!];
  return tape.emit("Transpose", [x], shape, { perm: [...axes, rank - 1, rank - 2] });
}

/** [..., w] -> [N, w] */
function rows(tape: Tape, x: Value): Value {
  if (x.shape.length === 2) return x;
  const width = x.shape.at(-1)!;
  const shape = typeof width === "number" ? tape.graph.integers(-1, width) : undefined;
  if (shape === undefined)
    throw new RangeError(`linear: the last axis must have a fixed size, got "${width}"`);
  return tape.emit("Reshape", [x, shape], ["rows", width]);
}

function requireEqual(
  who: string,
  a: Value,
  b: Value,
  left: Dimension | undefined,
  right: Dimension | undefined,
): void {
  if (left === right) return;
  throw new RangeError(`${who}: [${a.shape.join(", ")}] and [${b.shape.join(", ")}] do not fit`);
}
