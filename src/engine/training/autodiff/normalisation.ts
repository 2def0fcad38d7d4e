import type { Dimension } from "../../onnx/graph-builder.js";
import { sumTo } from "./elementwise.js";
import type { Tape, Value } from "./tape.js";

/**
 * One softmax over the last axes of several parts together, as if they were joined: the parts stay apart, so nothing
 * is copied to join and split them. Leading axes broadcast.
 *
 * @param parts [..., n_i]; the last one must have all leading axes in full
 * @returns the parts' shares, [..., n_i]; over all parts they sum to 1
 */
export function softmaxOverParts(tape: Tape, parts: readonly Value[]): Value[] {
  const leading = parts.at(-1)!.shape.slice(0, -1);
  const one: Dimension[] = [...leading, 1];
  const full = (part: Value): Dimension[] => [...leading, part.shape.at(-1)!];

  const peaks = parts.map((part) => tape.emit("ReduceMax", [part], one, { axes: [-1] }));
  const peak = tape.emit("Max", peaks, one); // subtracting it keeps exp() in range; the quotient is unchanged
  const powers = parts.map((part) =>
    tape.emit("Exp", [tape.emit("Sub", [part, peak], full(part))], full(part)),
  );
  const sums = powers.map((power) => sumOverLast(tape, power, one));
  const total = tape.emit("Sum", sums, one);
  const shares = powers.map((power) => tape.emit("Div", [power, total], power.shape));

  return tape.record(parts, shares, (...gradients) => {
    // d part = share * (g - sum over all parts of share * g)
    const weighted = gradients.map((gradient, i) =>
      gradient ? tape.emit("Mul", [shares[i]!, gradient], gradient.shape) : undefined,
    );
    const present = weighted.filter((value) => value !== undefined);
    const mean = tape.emit(
      "Sum",
      present.map((value) => sumOverLast(tape, value, one)),
      one,
    );
    return parts.map((part, i) => {
      const pulled = tape.emit("Mul", [shares[i]!, mean], full(part));
      const own = weighted[i];
      const gradient = own
        ? tape.emit("Sub", [own, pulled], full(part))
        : tape.emit("Neg", [pulled], full(part));
      return sumTo(tape, gradient, part.shape);
    });
  });
}

/**
 * LayerNorm over the last axis: (x - mean) / sqrt(biased variance + epsilon) * gain + bias.
 *
 * @param x    [..., d]
 * @param gain [d]
 * @param bias [d]
 */
export function layerNorm(tape: Tape, x: Value, gain: Value, bias: Value, epsilon: number): Value {
  const one: Dimension[] = [...x.shape.slice(0, -1), 1];
  const mean = (value: Value): Value => tape.emit("ReduceMean", [value], one, { axes: [-1] });
  const centred = tape.emit("Sub", [x, mean(x)], x.shape);
  const variance = mean(tape.emit("Mul", [centred, centred], x.shape));
  const deviation = tape.emit("Sqrt", [tape.emit("Add", [variance, tape.scalar(epsilon)], one)], one);
  const normed = tape.emit("Div", [centred, deviation], x.shape);
  const scaled = tape.emit("Mul", [normed, gain], x.shape);

  return tape.recordOne([x, gain, bias], tape.emit("Add", [scaled, bias], x.shape), (gradient) => {
    const atNormed = tape.emit("Mul", [gradient, gain], x.shape);
    // d x = (g - mean(g) - normed * mean(g * normed)) / deviation, g the gradient at normed
    const along = mean(tape.emit("Mul", [atNormed, normed], x.shape));
    const level = tape.emit("Sub", [atNormed, mean(atNormed)], x.shape);
    const flat = tape.emit("Sub", [level, tape.emit("Mul", [normed, along], x.shape)], x.shape);
    return [
      x.tracked ? tape.emit("Div", [flat, deviation], x.shape) : undefined,
      gain.tracked ? sumTo(tape, tape.emit("Mul", [gradient, normed], x.shape), gain.shape) : undefined,
      bias.tracked ? sumTo(tape, gradient, bias.shape) : undefined,
    ];
  });
}

/**
 * log sum exp over the last axis, which goes; exact for any range of values, since the largest is taken out first.
 *
 * @param x [..., n]
 * @returns [...]
 */
export function logSumExp(tape: Tape, x: Value): Value {
  const one: Dimension[] = [...x.shape.slice(0, -1), 1];
  const peak = tape.emit("ReduceMax", [x], one, { axes: [-1] });
  const powers = tape.emit("Exp", [tape.emit("Sub", [x, peak], x.shape)], x.shape);
  const sum = sumOverLast(tape, powers, one);
  const value = tape.emit("Add", [tape.emit("Log", [sum], one), peak], one);
  const axis = tape.graph.integers(-1);
  return tape.recordOne([x], tape.emit("Squeeze", [value, axis], x.shape.slice(0, -1)), (gradient) => {
    const share = tape.emit("Div", [powers, sum], x.shape);
    return [tape.emit("Mul", [tape.emit("Unsqueeze", [gradient, axis], one), share], x.shape)];
  });
}

function sumOverLast(tape: Tape, x: Value, shape: readonly Dimension[]): Value {
  return tape.emit("ReduceSum", [x, tape.graph.integers(-1)], shape);
}
