import { ELEMENT_TYPES, type Dimension } from "../../onnx/graph-builder.js";
import type { Tape, Value } from "./tape.js";

/** a + b with numpy's broadcasting. */
export function add(tape: Tape, a: Value, b: Value): Value {
  return tape.recordOne([a, b], tape.emit("Add", [a, b], broadcastShape("add", a, b)), (gradient) => [
    a.tracked ? sumTo(tape, gradient, a.shape) : undefined,
    b.tracked ? sumTo(tape, gradient, b.shape) : undefined,
  ]);
}

/** a - b with numpy's broadcasting. */
export function subtract(tape: Tape, a: Value, b: Value): Value {
  return tape.recordOne([a, b], tape.emit("Sub", [a, b], broadcastShape("subtract", a, b)), (gradient) => [
    a.tracked ? sumTo(tape, gradient, a.shape) : undefined,
    b.tracked ? sumTo(tape, tape.emit("Neg", [gradient], gradient.shape), b.shape) : undefined,
  ]);
}

/** a * b, element by element, with numpy's broadcasting. */
export function multiply(tape: Tape, a: Value, b: Value): Value {
  const shape = broadcastShape("multiply", a, b);
  const times = (gradient: Value, factor: Value): Value => tape.emit("Mul", [gradient, factor], shape);
  return tape.recordOne([a, b], tape.emit("Mul", [a, b], shape), (gradient) => [
    a.tracked ? sumTo(tape, times(gradient, b), a.shape) : undefined,
    b.tracked ? sumTo(tape, times(gradient, a), b.shape) : undefined,
  ]);
}

/** The sum over the last axis, which stays with size 1. */
export function sumLast(tape: Tape, x: Value): Value {
  const sum = tape.emit("ReduceSum", [x, tape.graph.integers(-1)], [...x.shape.slice(0, -1), 1]);
  return tape.recordOne([x], sum, (gradient) => [
    tape.emit("Expand", [gradient, tape.shapeOf(x.shape)], x.shape),
  ]);
}

/** The sum over everything, of shape []. */
export function sumAll(tape: Tape, x: Value): Value {
  const sum = tape.emit("ReduceSum", [x], [], { keepdims: 0 });
  return tape.recordOne([x], sum, (gradient) => [
    tape.emit("Expand", [gradient, tape.shapeOf(x.shape)], x.shape),
  ]);
}

/** The mean of everything, of shape []. */
export function meanAll(tape: Tape, x: Value): Value {
  const mean = tape.emit("ReduceMean", [x], [], { keepdims: 0 });
  return tape.recordOne([x], mean, (gradient) => {
    const size = tape.emit("Cast", [tape.emit("Size", [x], [])], [], { to: ELEMENT_TYPES[tape.precision] });
    const each = tape.emit("Div", [gradient, size], []);
    return [tape.emit("Expand", [each, tape.shapeOf(x.shape)], x.shape)];
  });
}

/** Undoes broadcasting in a gradient: sums over the axes that `shape` does not have or has with size 1. */
export function sumTo(tape: Tape, gradient: Value, shape: readonly Dimension[]): Value {
  const missing = gradient.shape.length - shape.length;
  let sum = gradient;
  if (missing > 0) {
    const axes = tape.graph.integers(...Array.from({ length: missing }, (_, axis) => axis));
    sum = tape.emit("ReduceSum", [sum, axes], gradient.shape.slice(missing), { keepdims: 0 });
  }
  const stretched = shape.flatMap((size, axis) => (size === 1 && sum.shape[axis] !== 1 ? [axis] : []));
  return stretched.length > 0 ? tape.emit("ReduceSum", [sum, tape.graph.integers(...stretched)], shape) : sum;
}

function broadcastShape(who: string, a: Value, b: Value): Dimension[] {
  const rank = Math.max(a.shape.length, b.shape.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a.shape[axis - rank + a.shape.length] ?? 1;
    const right = b.shape[axis - rank + b.shape.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1) {
      throw new RangeError(`${who}: [${a.shape.join(", ")}] and [${b.shape.join(", ")}] do not broadcast`);
    }
    return left === 1 ? right : left;
  });
}
