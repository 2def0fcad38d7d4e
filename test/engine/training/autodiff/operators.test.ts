import assert from "node:assert/strict";
import { test } from "node:test";

import { GraphBuilder } from "../../../../src/engine/onnx/graph-builder.js";
import {
  add,
  meanAll,
  multiply,
  subtract,
  sumAll,
  sumLast,
} from "../../../../src/engine/training/autodiff/elementwise.js";
import {
  layerNorm,
  logSumExp,
  softmaxOverParts,
} from "../../../../src/engine/training/autodiff/normalisation.js";
import { linear, matMul } from "../../../../src/engine/training/autodiff/products.js";
import {
  permuteRows,
  place,
  prepend,
  reshape,
  transpose,
} from "../../../../src/engine/training/autodiff/rearrangement.js";
import { Tape } from "../../../../src/engine/training/autodiff/tape.js";
import { openExactly } from "../../../support/exact-session.js";
import { assertGradient } from "../../../support/gradient-check.js";

const int32 = (shape: number[], ...values: number[]): { values: Int32Array; shape: number[] } => ({
  values: Int32Array.from(values),
  shape,
});

test("add, subtract and multiply send gradients back through broadcasting", async () => {
  for (const operator of [add, subtract, multiply]) {
    for (const shapes of [
      [
        [2, 3],
        [2, 3],
      ],
      [
        [2, 3, 4],
        [3, 4],
      ],
      [
        [3, 4],
        [2, 3, 4],
      ],
      [
        [2, 3, 1],
        [3, 4],
      ],
      [
        [2, 1, 4],
        [2, 3, 4],
      ],
      [[4], []],
    ]) {
      await assertGradient(shapes, (tape, [a, b]) => [operator(tape, a!, b!)]);
    }
  }
});

test("a value that is used twice gets the sum of both gradients", async () => {
  await assertGradient([[3]], (tape, [x]) => [multiply(tape, x!, add(tape, x!, x!))]);
});

test("sums and means spread their gradient over what they summed", async () => {
  await assertGradient([[2, 3]], (tape, [x]) => [sumLast(tape, multiply(tape, x!, x!))]);
  await assertGradient([[2, 3]], (tape, [x]) => [sumAll(tape, multiply(tape, x!, x!))]);
  await assertGradient([[2, 3]], (tape, [x]) => [meanAll(tape, multiply(tape, x!, x!))]);
});

test("products have the gradients of products", async () => {
  await assertGradient(
    [
      [4, 3],
      [2, 3],
    ],
    (tape, [x, w]) => [linear(tape, x!, w!)],
  );
  await assertGradient(
    [
      [2, 4, 3],
      [5, 3],
    ],
    (tape, [x, w]) => [linear(tape, x!, w!)],
  );
  await assertGradient(
    [
      [2, 3],
      [3, 4],
    ],
    (tape, [a, b]) => [matMul(tape, a!, b!)],
  );
  await assertGradient(
    [
      [2, 3, 4],
      [2, 4, 2],
    ],
    (tape, [a, b]) => [matMul(tape, a!, b!)],
  );
});

test("a softmax over parts has the gradient of one softmax, also where a part broadcasts", async () => {
  await assertGradient(
    [
      [2, 3, 1],
      [2, 3, 4],
    ],
    (tape, parts) => softmaxOverParts(tape, parts),
  );
  await assertGradient(
    [
      [3, 1],
      [2, 3, 2],
      [2, 3, 4],
    ],
    (tape, parts) => softmaxOverParts(tape, parts),
  );
  await assertGradient(
    [
      [3, 1],
      [2, 3, 4],
    ],
    (tape, parts) => softmaxOverParts(tape, parts).slice(1),
  );
});

test("layerNorm and logSumExp have their gradients", async () => {
  await assertGradient([[2, 3, 5], [5], [5]], (tape, [x, gain, bias]) => [
    layerNorm(tape, x!, gain!, bias!, 1e-5),
  ]);
  await assertGradient([[2, 3, 4]], (tape, [x]) => [logSumExp(tape, x!)]);
});

test("moving values around moves their gradients back", async () => {
  await assertGradient([[2, 3, 4]], (tape, [x]) => [transpose(tape, x!, [1, 2, 0])]);
  await assertGradient([[2, 6]], (tape, [x]) => [reshape(tape, x!, [3, 4])]);
  await assertGradient([[2, 2]], (tape, [x]) => {
    return [prepend(tape, tape.constant([1, 2, 3, 4, 5, 6], [2, 3]), x!, 2)];
  });
  await assertGradient(
    [[3, 2]],
    (tape, [x]) => [place(tape, x!, tape.index("index", [5]), tape.index("inverse", [3]), 7)],
    { index: int32([5], 3, 2, 3, 0, 3), inverse: int32([3], 3, 5, 1) },
  );
  await assertGradient(
    [[2, 3]],
    (tape, [x]) => [permuteRows(tape, x!, tape.index("order", [2, 3]), tape.index("back", [2, 3]))],
    { order: int32([2, 3], 2, 0, 1, 0, 2, 1), back: int32([2, 3], 1, 2, 0, 0, 2, 1) },
  );
});

test("logSumExp is exact for values that overflow exp()", async () => {
  const tape = new Tape(new GraphBuilder("range"), "float64");
  const value = logSumExp(tape, tape.constant([1000, 998, -5000], [1, 3]));
  tape.graph.output(value.name, "float64", [1]);
  const session = await openExactly(tape.graph.finish());
  const result = (await session.run({}))[value.name]!.values[0] as number;
  assert.ok(Math.abs(result - (1000 + Math.log1p(Math.exp(-2)))) < 1e-12, String(result));
});

test("dimensions by name are filled in at run time", async () => {
  const tape = new Tape(new GraphBuilder("names"), "float64");
  const x = tape.input("x", ["n", 4]);
  tape.input("y", ["m"]);
  const value = reshape(tape, x, ["m", "n", 2]);
  tape.graph.output(value.name, "float64", ["m", "n", 2]);
  const session = await openExactly(tape.graph.finish());
  const feeds = {
    x: { values: new Float64Array(12), shape: [3, 4] },
    y: { values: new Float64Array(2), shape: [2] },
  };
  assert.deepEqual([...(await session.run(feeds))[value.name]!.shape], [2, 3, 2]);
});

test("a tape says what it cannot do", () => {
  const tape = new Tape(new GraphBuilder("abuse"));
  const a = tape.parameter("a", [2, 3]);
  const b = tape.parameter("b", [4, 5]);
  assert.throws(() => add(tape, a, b), /add: \[2, 3\] and \[4, 5\] do not broadcast/);
  assert.throws(() => linear(tape, a, b), /linear: \[2, 3\] and \[4, 5\] do not fit/);
  assert.throws(() => matMul(tape, a, b), /matMul: \[2, 3\] and \[4, 5\] do not fit/);
  assert.throws(() => tape.gradients(a, [a]), /the loss must be a scalar, got shape \[2, 3\]/);
  assert.throws(() => tape.gradients(sumAll(tape, a), [b]), /the loss does not depend on "b"/);
  assert.throws(() => reshape(tape, a, ["k", 2]), /no input has a dimension named "k"/);
});
