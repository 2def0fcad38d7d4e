import type { Tape, Value } from "./autodiff/tape.js";

/** Kingma and Ba's defaults. */
const FIRST_DECAY = 0.9;
const SECOND_DECAY = 0.999;
const EPSILON = 1e-8;
const NORM_FLOOR = 1e-6; // keeps the clipping quotient finite where all gradients vanish

export interface AdamInputs {
  /** The largest allowed norm over all gradients together; Infinity lets every gradient pass. */
  readonly maxNorm: Value;
  /** lr / (1 - b1^t) * sqrt(1 - b2^t), b1 and b2 the decay rates of the moments, t the step from 1 */
  readonly stepSize: Value;
  /** EPSILON * sqrt(1 - b2^t) */
  readonly epsilon: Value;
  /** 1 - lr * weight decay */
  readonly keep: Value;
}

export function adamInputs(tape: Tape): AdamInputs {
  return {
    maxNorm: tape.input("maxNorm", []),
    stepSize: tape.input("stepSize", []),
    epsilon: tape.input("epsilon", []),
    keep: tape.input("keep", []),
  };
}

/** What the graph's scalar inputs are at step t = 1, 2, ...; in double, since 1 - b2^t loses digits in float32. */
export function adamScalars(
  step: number,
  learningRate: number,
  weightDecay: number,
): { stepSize: number; epsilon: number; keep: number } {
  const root = Math.sqrt(1 - SECOND_DECAY ** step);
  return {
    stepSize: (learningRate / (1 - FIRST_DECAY ** step)) * root,
    epsilon: EPSILON * root,
    keep: 1 - learningRate * weightDecay,
  };
}

/** The factor that brings the gradients' joint norm to at most maxNorm, and that norm. */
export function clipping(
  tape: Tape,
  gradients: readonly Value[],
  maxNorm: Value,
): { factor: Value; norm: Value } {
  const squares = gradients.map((gradient) => tape.emit("ReduceSumSquare", [gradient], [], { keepdims: 0 }));
  const norm = tape.emit("Sqrt", [tape.emit("Sum", squares, [])], []);
  const floored = tape.emit("Add", [norm, tape.scalar(NORM_FLOOR)], []);
  const factor = tape.emit("Min", [tape.emit("Div", [maxNorm, floored], []), tape.scalar(1)], []);
  return { factor, norm };
}

/**
 * One Adam step on one parameter: outputs `NAME.next`, `NAME.first.next`, `NAME.second.next` from the inputs NAME,
 * `NAME.first`, `NAME.second` (the moments, zero at the start).
 *
 * Formula: m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2,
 *   p = (1 - lr wd) p - lr m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + eps),
 * with the two corrections moved into the scalars.
 * Source: Kingma, Ba, ICLR 2015. Variant: weight decay apart from the gradient (Loshchilov, Hutter, ICLR 2019).
 * Agrees with: torch.optim.Adam at weight decay 0 (refs/spider, ten steps, tolerance in the case).
 */
export function adamStep(
  tape: Tape,
  parameter: Value,
  gradient: Value,
  clip: Value,
  { stepSize, epsilon, keep }: AdamInputs,
): void {
  const { name, shape } = parameter;
  const times = (a: Value, b: Value): Value => tape.emit("Mul", [a, b], shape);
  const weighted = (weight: number, power: Value): Value =>
    tape.emit("Mul", [power, tape.scalar(weight)], []);
  // Named where it is computed: an Identity node would copy the whole array.
  const outputOf = (operator: string, output: string, a: Value, b: Value): Value => {
    tape.graph.node(operator, [a.name, b.name], {}, output);
    tape.graph.output(output, tape.precision, shape);
    return { name: output, shape, tracked: false };
  };

  const first = tape.input(`${name}.first`, shape);
  const second = tape.input(`${name}.second`, shape);
  const fresh = weighted(1 - FIRST_DECAY, clip); // a scalar: the gradient itself is read once
  const freshSquare = weighted(1 - SECOND_DECAY, tape.emit("Mul", [clip, clip], []));
  const nextFirst = outputOf(
    "Add",
    `${name}.first.next`,
    times(first, tape.scalar(FIRST_DECAY)),
    times(gradient, fresh),
  );
  const nextSecond = outputOf(
    "Add",
    `${name}.second.next`,
    times(second, tape.scalar(SECOND_DECAY)),
    times(times(gradient, gradient), freshSquare),
  );
  const deviation = tape.emit("Add", [tape.emit("Sqrt", [nextSecond], shape), epsilon], shape);
  const move = times(tape.emit("Div", [nextFirst, deviation], shape), stepSize);
  outputOf("Sub", `${name}.next`, times(parameter, keep), move);
}
