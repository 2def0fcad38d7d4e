import type { Dimension } from "../../onnx/graph-builder.js";
import type { Tape, Value } from "./tape.js";

/** Swaps axes: axis i of the result is axis `order[i]` of x. */
export function transpose(tape: Tape, x: Value, order: readonly number[]): Value {
  const shape = order.map((axis) => x.shape[axis]!);
  const back = order.map((_, axis) => order.indexOf(axis));
  return tape.recordOne([x], tape.emit("Transpose", [x], shape, { perm: order }), (gradient) => [
    tape.emit("Transpose", [gradient], x.shape, { perm: back }),
  ]);
}

/** The same values in row-major order under another shape; named dimensions are filled in at run time. */
export function reshape(tape: Tape, x: Value, shape: readonly Dimension[]): Value {
  return tape.recordOne([x], tape.emit("Reshape", [x, tape.shapeOf(shape)], shape), (gradient) => [
    tape.emit("Reshape", [gradient, tape.shapeOf(x.shape)], x.shape),
  ]);
}

/**
 * Moves rows to where an index wants them: row i of the result is row `index[i]` of x, or a row of `fill` where
 * `index[i]` is the number of rows of x. No row may be asked for twice, so the gradient is the same move backwards
 * (along `inverse`) and needs no scattered addition.
 *
 * @param x       [n, w]
 * @param index   [p] int32 in [0, n]
 * @param inverse [n] int32 in [0, p]: where row i of x went, p if nowhere
 * @returns [p, w]
 */
export function place(tape: Tape, x: Value, index: Value, inverse: Value, fill: number): Value {
  const moved = moveRows(tape, x, index, fill);
  return tape.recordOne([x], moved, (gradient) => [moveRows(tape, gradient, inverse, 0)]);
}

function moveRows(tape: Tape, x: Value, index: Value, fill: number): Value {
  const pads = tape.graph.integers(0, 0, 1, 0); // one row behind the last
  const filled = tape.emit("Pad", [x, pads, tape.scalar(fill)], ["rows", x.shape[1]!]);
  return tape.emit("Gather", [filled, index], [index.shape[0]!, x.shape[1]!], { axis: 0 });
}

/**
 * Reorders each row: result[b, i] = x[b, order[b, i]].
 *
 * @param x       [B, M]
 * @param order   [B, M] int32, each row a permutation
 * @param inverse [B, M] int32, the permutation backwards
 */
export function permuteRows(tape: Tape, x: Value, order: Value, inverse: Value): Value {
  const permuted = tape.emit("GatherElements", [x, order], x.shape, { axis: 1 });
  return tape.recordOne([x], permuted, (gradient) => [
    tape.emit("GatherElements", [gradient, inverse], x.shape, { axis: 1 }),
  ]);
}

/** x with constant columns in front: [B, F] and [B, M] -> [B, F + M]. */
export function prepend(tape: Tape, front: Value, x: Value, columns: number): Value {
  const [batch, fixed] = [x.shape[0]!, front.shape[1]! as number];
  const joined = tape.emit("Concat", [front, x], [batch, fixed + columns], { axis: 1 });
  const [from, to, axis] = [
    tape.graph.integers(fixed),
    tape.graph.integers(fixed + columns),
    tape.graph.integers(1),
  ];
  return tape.recordOne([x], joined, (gradient) => [tape.emit("Slice", [gradient, from, to, axis], x.shape)]);
}
