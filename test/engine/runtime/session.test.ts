import assert from "node:assert/strict";
import { test } from "node:test";

import { GraphBuilder } from "../../../src/engine/onnx/graph-builder.js";
import { float32Values, Session } from "../../../src/engine/runtime/session.js";

const onCpu = { executionProviders: ["cpu"], onWarning: (message: string) => assert.fail(message) } as const;

/** sum = a + b, in float64, and the integer n passed through. */
function sumGraph(): Uint8Array {
  const graph = new GraphBuilder("sum");
  const a = graph.input("a", "float64", ["n"]);
  const b = graph.input("b", "float64", ["n"]);
  graph.input("n", "int64", [1]);
  graph.node("Add", [a, b], {}, "sum");
  graph.node("Identity", ["n"], {}, "same");
  graph.output("sum", "float64", ["n"]);
  graph.output("same", "int64", [1]);
  return graph.finish();
}

const n = { values: BigInt64Array.of(9n), shape: [1] };
const a = { values: Float64Array.of(1 / 3, 2), shape: [2] };

test("a session runs a graph on named tensors and gives typed outputs with shapes", async () => {
  const session = await Session.open(sumGraph(), onCpu);
  const results = await session.run({ a, b: { values: Float64Array.of(0, 1), shape: [2] }, n }, [
    "sum",
    "same",
  ]);
  assert.deepEqual(results.sum, { values: Float64Array.of(1 / 3, 3), shape: [2] });
  assert.deepEqual(results.same.values, BigInt64Array.of(9n));
  assert.equal(session.provider, "cpu");
  await session.release();
});

test("a session writes an output where the caller wants it, if its shape is the graph's", async () => {
  const session = await Session.open(sumGraph(), onCpu);
  const inputs = { a, b: { values: Float64Array.of(0, 1), shape: [2] }, n };
  const all = new Float64Array(4).fill(9);
  const sum = { values: all.subarray(1, 3), shape: [2] };
  const results = await session.run(inputs, ["sum", "same"], { sum });
  assert.deepEqual([...all], [9, 1 / 3, 3, 9]);
  assert.deepEqual(results.sum.values, Float64Array.of(1 / 3, 3));
  assert.deepEqual(results.same.values, BigInt64Array.of(9n));
  await assert.rejects(session.run(inputs, ["sum"], { sum: { values: all, shape: [4] } }));
  assert.deepEqual([...all], [9, 1 / 3, 3, 9]);
  await session.release();
});

test("a session says which input is missing, unknown or does not fill its shape", async () => {
  const session = await Session.open(sumGraph(), onCpu);
  await assert.rejects(session.run({ a, n }, ["sum"]), /input "b" is missing/);
  await assert.rejects(session.run({ a, b: a, n, c: a }, ["sum"]), /reads a, b, n, got an input "c"/);
  await assert.rejects(
    session.run({ a, b: { ...a, shape: [3] }, n }, ["sum"]),
    /"b" \[3\] needs 3 values, got 2/,
  );
  await assert.rejects(session.run({ a, b: a, n }, ["sum", "x"]), /the graph gives sum, same, not "x"/);
  assert.throws(() => float32Values(a), /an output must be float32, got Float64Array/);
  await session.release();
});

test("a session refuses bytes that are no graph", async () => {
  await assert.rejects(Session.open(Uint8Array.of(1, 2, 3), onCpu), /execution provider cpu cannot be used/);
});

test("a session falls back to cpu with a warning when a provider is not there", async () => {
  const warnings: string[] = [];
  const session = await Session.open(sumGraph(), {
    executionProviders: ["coreml", "cpu"],
    onWarning: (message) => warnings.push(message),
  });
  if (process.platform !== "darwin") {
    assert.equal(session.provider, "cpu");
    assert.match(warnings.join(), /execution provider coreml cannot be used: .*; trying cpu/);
  }
  await session.release();
});
