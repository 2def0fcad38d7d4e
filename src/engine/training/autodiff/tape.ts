import type { Attribute, Dimension, GraphBuilder } from "../../onnx/graph-builder.js";

/** Training runs in float32; tests run the same graphs in float64 to tell a wrong gradient from a rounded one. */
export type Precision = "float32" | "float64";

/** A tensor inside a graph under construction. */
export interface Value {
  readonly name: string;
  readonly shape: readonly Dimension[];
  /** Whether a gradient may be asked of it: it is a parameter or comes from one. */
  readonly tracked: boolean;
}

/** Takes the gradients of a step's outputs (absent: the loss does not depend on it) to those of its inputs. */
export type Pullback = (...gradients: (Value | undefined)[]) => readonly (Value | undefined)[];

interface Step {
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly pullback: Pullback;
}

/**
 * Reverse-mode differentiation over an ONNX graph: operators add nodes to the graph and leave on the tape how
 * gradients flow back through them; `gradients` walks the tape backwards and adds the nodes of the backward pass.
 * The result is one ordinary graph that computes a loss and its gradients.
 *
 * Every gradient rule is checked against finite differences in test/engine/training/autodiff.
 */
export class Tape {
  readonly #steps: Step[] = [];
  readonly #sizes = new Map<string, string>();

  constructor(
    readonly graph: GraphBuilder,
    readonly precision: Precision = "float32",
  ) {}

  /** A tensor of the tape's precision that every run is given. A parameter is an input whose gradient is wanted. */
  input(name: string, shape: readonly Dimension[]): Value {
    return this.#input(name, this.precision, shape, false);
  }

  parameter(name: string, shape: readonly Dimension[]): Value {
    return this.#input(name, this.precision, shape, true);
  }

  /** int32 positions for the operators that move rows. */
  index(name: string, shape: readonly Dimension[]): Value {
    return this.#input(name, "int32", shape, false);
  }

  scalar(value: number): Value {
    return { name: this.graph.scalar(value, this.precision), shape: [], tracked: false };
  }

  constant(values: readonly number[], shape: readonly number[]): Value {
    const typed = this.precision === "float32" ? Float32Array.from(values) : Float64Array.from(values);
    return { name: this.graph.constant(typed, shape), shape, tracked: false };
  }

  /** Adds a node without a gradient rule: the building block of operators and of backward passes. */
  emit(
    operator: string,
    inputs: readonly (Value | string)[],
    shape: readonly Dimension[],
    attributes: Record<string, Attribute> = {},
  ): Value {
    const names = inputs.map((input) => (typeof input === "string" ? input : input.name));
    return { name: this.graph.node(operator, names, attributes), shape, tracked: false };
  }

  /** Says how gradients flow from `outputs` to `inputs`; the outputs come back tracked if any input is. */
  record(inputs: readonly Value[], outputs: readonly Value[], pullback: Pullback): Value[] {
    if (!inputs.some((input) => input.tracked)) return [...outputs];
    const tracked = outputs.map((output) => ({ ...output, tracked: true }));
    this.#steps.push({ inputs, outputs: tracked, pullback });
    return tracked;
  }

  /** `record` for operators with one output. */
  recordOne(
    inputs: readonly Value[],
    output: Value,
    pullback: (gradient: Value) => (Value | undefined)[],
  ): Value {
    return this.record(inputs, [output], (gradient) => pullback(gradient!))[0]!;
  }

  /** The name of an int64 [rank] tensor that holds a shape at run time, with dimensions by name filled in. */
  shapeOf(shape: readonly Dimension[]): string {
    if (shape.every((size) => typeof size === "number")) return this.graph.integers(...shape);
    const parts = shape.map((size) =>
      typeof size === "number" ? this.graph.integers(size) : this.#size(size),
    );
    return this.graph.node("Concat", parts, { axis: 0 });
  }

  /**
   * Adds the backward pass.
   *
   * @param loss of shape []
   * @param parameters whose gradients are wanted
   * @returns d loss / d parameter, in the order and with the shapes of `parameters`
   * @throws RangeError if the loss is not a scalar or does not depend on a parameter
   */
  gradients(loss: Value, parameters: readonly Value[]): Value[] {
    if (loss.shape.length > 0) {
      throw new RangeError(`gradients: the loss must be a scalar, got shape [${loss.shape.join(", ")}]`);
    }
    const gradients = new Map<string, Value>([[loss.name, this.scalar(1)]]);
    for (const { inputs, outputs, pullback } of this.#steps.toReversed()) {
      const upstream = outputs.map((output) => gradients.get(output.name));
      if (upstream.every((gradient) => gradient === undefined)) continue;
      pullback(...upstream).forEach((gradient, i) => {
        const input = inputs[i]!;
        if (!gradient || !input.tracked) return;
        const sofar = gradients.get(input.name);
        gradients.set(input.name, sofar ? this.emit("Add", [sofar, gradient], input.shape) : gradient);
      });
    }
    return parameters.map((parameter) => {
      const gradient = gradients.get(parameter.name);
      if (!gradient) throw new RangeError(`gradients: the loss does not depend on "${parameter.name}"`);
      return gradient;
    });
  }

  #input(name: string, type: Precision | "int32", shape: readonly Dimension[], tracked: boolean): Value {
    this.graph.input(name, type, shape);
    shape.forEach((size, axis) => {
      if (typeof size === "number" || this.#sizes.has(size)) return;
      this.#sizes.set(size, this.graph.node("Shape", [name], { start: axis, end: axis + 1 }));
    });
    return { name, shape, tracked };
  }

  #size(symbol: string): string {
    const size = this.#sizes.get(symbol);
    if (size === undefined) throw new RangeError(`tape: no input has a dimension named "${symbol}"`);
    return size;
  }
}

/** Makes a value an output of the graph. */
export function nameOutput(tape: Tape, value: Value, name: string, shape: readonly Dimension[]): void {
  tape.graph.node("Identity", [value.name], {}, name);
  tape.graph.output(name, tape.precision, shape);
}
