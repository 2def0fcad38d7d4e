import assert from "node:assert/strict";

import { GraphBuilder } from "../../src/engine/onnx/graph-builder.js";
import type { NamedTensor } from "../../src/engine/runtime/session.js";
import { multiply, sumAll } from "../../src/engine/training/autodiff/elementwise.js";
import { nameOutput, Tape, type Value } from "../../src/engine/training/autodiff/tape.js";
import { openExactly } from "./exact-session.js";

const STEP = 1e-5; // central differences in float64: truncation about 1e-10, rounding about 1e-11
const TOLERANCE = 1e-8;

/** Numbers without a pattern that a seed fixes, in [-1, 1). */
export function scatteredNumbers(length: number, seed: number): Float64Array {
  return Float64Array.from({ length }, (_, i) => {
    const wave = Math.sin((i + 1) * 12.9898 + seed * 78.233) * 43758.5453;
    return 2 * (wave - Math.floor(wave)) - 1;
  });
}

/**
 * Checks an operator's gradient rule against central differences in float64.
 *
 * @param shapes of the tracked inputs; their values are scattered numbers
 * @param build  the operator, from values with those shapes to outputs whose shapes it knows at build time
 * @param fixed  further inputs, not differentiated, by name: declared by `build` through `tape.input` or `tape.index`
 */
export async function assertGradient(
  shapes: readonly (readonly number[])[],
  build: (tape: Tape, inputs: readonly Value[]) => readonly Value[],
  fixed: Readonly<Record<string, NamedTensor>> = {},
): Promise<void> {
  const tape = new Tape(new GraphBuilder("gradient-check"), "float64");
  const inputs = shapes.map((shape, i) => tape.parameter(`input${i}`, shape));
  const losses = build(tape, inputs).map((value, i) => {
    const weights = [...scatteredNumbers(sizeOf(value.shape as number[]), 100 + i)];
    return sumAll(tape, multiply(tape, value, tape.constant(weights, value.shape as number[])));
  });
  const loss = losses.length === 1 ? losses[0]! : sumOf(tape, losses);
  nameOutput(tape, loss, "loss", []);
  tape
    .gradients(loss, inputs)
    .forEach((gradient, i) => nameOutput(tape, gradient, `gradient${i}`, inputs[i]!.shape));
  const session = await openExactly(tape.graph.finish());

  const values = shapes.map((shape, i) => scatteredNumbers(sizeOf(shape), i));
  const run = async (): Promise<Record<string, NamedTensor>> => {
    const feeds = shapes.map((shape, i) => [`input${i}`, { values: values[i]!, shape }] as const);
    return session.run({ ...fixed, ...Object.fromEntries(feeds) });
  };
  const atPoint = await run();
  for (const [i, array] of values.entries()) {
    const gradient = atPoint[`gradient${i}`]!;
    assert.deepEqual([...gradient.shape], [...shapes[i]!], `gradient ${i} has its input's shape`);
    for (let j = 0; j < array.length; j++) {
      const value = array[j]!;
      array[j] = value + STEP;
      const above = (await run())["loss"]!.values[0] as number;
      array[j] = value - STEP;
      const below = (await run())["loss"]!.values[0] as number;
      array[j] = value;
      const slope = (above - below) / (2 * STEP);
      const got = gradient.values[j] as number;
      assert.ok(Math.abs(got - slope) <= TOLERANCE, `gradient ${i}[${j}]: ${got}, by differences ${slope}`);
    }
  }
}

function sumOf(tape: Tape, losses: readonly Value[]): Value {
  const sum = tape.emit("Sum", losses, []);
  return tape.record(losses, [sum], (gradient) => losses.map(() => gradient))[0]!;
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
