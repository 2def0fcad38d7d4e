import assert from "node:assert/strict";
import { test } from "node:test";

import { GraphBuilder } from "../../../src/engine/onnx/graph-builder.js";
import type { NamedTensor } from "../../../src/engine/runtime/session.js";
import { adamInputs, adamScalars, adamStep, clipping } from "../../../src/engine/training/adam.js";
import { nameOutput, Tape } from "../../../src/engine/training/autodiff/tape.js";
import { openExactly, type ExactSession } from "../../support/exact-session.js";

const vector = (...values: number[]): NamedTensor => ({
  values: Float64Array.from(values),
  shape: [values.length],
});
const scalar = (value: number): NamedTensor => ({ values: Float64Array.of(value), shape: [] });

/** One parameter of two values whose gradient is an input. */
async function openStep(): Promise<ExactSession> {
  const tape = new Tape(new GraphBuilder("adam"), "float64");
  const parameter = tape.parameter("p", [2]);
  const gradient = tape.input("g", [2]);
  const adam = adamInputs(tape);
  const { factor, norm } = clipping(tape, [gradient], adam.maxNorm);
  nameOutput(tape, norm, "norm", []);
  adamStep(tape, parameter, gradient, factor, adam);
  return openExactly(tape.graph.finish());
}

/** Kingma and Ba's algorithm 1 with decoupled decay, on one number. */
function plainAdam(start: number, gradients: readonly number[], rate: number, decay: number): number {
  let [p, m, v] = [start, 0, 0];
  gradients.forEach((g, i) => {
    m = 0.9 * m + 0.1 * g;
    v = 0.999 * v + 0.001 * g * g;
    const move = m / (1 - 0.9 ** (i + 1)) / (Math.sqrt(v / (1 - 0.999 ** (i + 1))) + 1e-8);
    p = p - rate * decay * p - rate * move;
  });
  return p;
}

test("Adam with weight decay follows the published algorithm step by step", async () => {
  const session = await openStep();
  const gradients = [
    [1, -2],
    [0.5, 1e-4],
    [-3, 0],
  ];
  let state = { p: vector(2, -1), "p.first": vector(0, 0), "p.second": vector(0, 0) };
  for (const [i, g] of gradients.entries()) {
    const { stepSize, epsilon, keep } = adamScalars(i + 1, 0.1, 0.5);
    const outputs = await session.run({
      ...state,
      g: vector(...g),
      maxNorm: scalar(Infinity),
      stepSize: scalar(stepSize),
      epsilon: scalar(epsilon),
      keep: scalar(keep),
    });
    state = {
      p: outputs["p.next"]!,
      "p.first": outputs["p.first.next"]!,
      "p.second": outputs["p.second.next"]!,
    };
  }
  for (const i of [0, 1]) {
    const start = [2, -1][i]!;
    const plain = plainAdam(
      start,
      gradients.map((g) => g[i]!),
      0.1,
      0.5,
    );
    assert.ok(
      Math.abs((state.p.values[i] as number) - plain) < 1e-12,
      `${state.p.values[i]}, plain ${plain}`,
    );
  }
});

test("clipping shortens a long gradient to the allowed norm and leaves a short one", async () => {
  const session = await openStep();
  const rest = {
    p: vector(0, 0),
    "p.first": vector(0, 0),
    "p.second": vector(0, 0),
    g: vector(3, -4),
    stepSize: scalar(1),
    epsilon: scalar(1),
    keep: scalar(1),
  };
  for (const [maxNorm, factor] of [
    [1, 0.2],
    [10, 1],
    [Infinity, 1],
  ] as const) {
    const outputs = await session.run({ ...rest, maxNorm: scalar(maxNorm) });
    assert.equal(outputs["norm"]!.values[0], 5);
    const first = outputs["p.first.next"]!.values as Float64Array;
    assert.ok(Math.abs(first[0]! - 0.1 * 3 * factor) < 1e-6 && Math.abs(first[1]! + 0.1 * 4 * factor) < 1e-6);
  }
  const { "p.first.next": first } = await session.run({ ...rest, g: vector(0, 0), maxNorm: scalar(1) });
  assert.deepEqual([...(first!.values as Float64Array)], [0, 0]);
});
