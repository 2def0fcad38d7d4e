import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { GraphBuilder } from "../../../src/engine/onnx/graph-builder.js";
import { nameOutput, Tape } from "../../../src/engine/training/autodiff/tape.js";
import { targetFeeds } from "../../../src/engine/training/batch.js";
import { lossGraph, lossInputs } from "../../../src/engine/training/loss-graph.js";
import { plackettLuceLoss, positionWeights } from "../../../src/engine/training/loss.js";
import { openExactly } from "../../support/exact-session.js";
import { inFloat64 } from "../../support/golden-training.js";
import { repositoryRoot } from "../../support/paths.js";
import { fc } from "../../support/properties.js";

interface Expected {
  value: number | null;
  gradient?: number[];
  tolerance: number;
}

interface ListwiseCase {
  name: string;
  batch: number;
  models: number;
  logits: number[];
  labels: number[];
  expected: { hierarchicalCE: Expected; plackettLuceNLL?: Expected };
}

const { cases } = JSON.parse(
  readFileSync(new URL("test/refs/losses/listwise.json", repositoryRoot), "utf8"),
) as { cases: ListwiseCase[] };
// The cases with tied labels record what the released code does with a target it does not define.
const permutations = cases.filter(({ name }) => !name.startsWith("tied"));

const byLabel = (labels: readonly number[]): Int32Array =>
  Int32Array.from(labels.map((_, m) => m).sort((a, b) => labels[b]! - labels[a]!));

function rowsOf({ batch, models, logits, labels }: ListwiseCase): { fitness: number[]; order: Int32Array }[] {
  return Array.from({ length: batch }, (_, b) => ({
    fitness: logits.slice(b * models, (b + 1) * models).map(Math.fround),
    order: byLabel(labels.slice(b * models, (b + 1) * models)),
  }));
}

test("plackettLuceLoss is the probability of each choice, worked by hand", () => {
  // Targets: PTM 1, then 0, then 2. p = e^1 / (e^0 + e^1 + e^2) * e^0 / (e^0 + e^2) * 1
  const { loss } = plackettLuceLoss([0, 1, 2], [1, 0, 2], [1, 1, 0]);
  const probability = (Math.E / (1 + Math.E + Math.E ** 2)) * (1 / (1 + Math.E ** 2));
  assert.ok(Math.abs(loss + Math.log(probability)) < 1e-12);
});

for (const listwise of permutations) {
  test(`plackettLuceLoss and its gradient are the reference's: ${listwise.name}`, () => {
    const { batch, models, expected } = listwise;
    const rows = rowsOf(listwise).map(({ fitness, order }) => {
      return plackettLuceLoss(fitness, order, positionWeights(models, models, 0));
    });
    const sum = rows.reduce((total, { loss }) => total + loss, 0) / batch;
    const { hierarchicalCE, plackettLuceNLL } = expected;
    assert.ok(Math.abs(sum / (models - 1) - hierarchicalCE.value!) <= hierarchicalCE.tolerance);
    if (plackettLuceNLL) assert.ok(Math.abs(sum - plackettLuceNLL.value!) <= plackettLuceNLL.tolerance);
    const gradient = rows.flatMap((row) => [...row.gradient].map((value) => value / batch / (models - 1)));
    gradient.forEach((value, i) => {
      // Gradients are recorded to ten digits.
      assert.ok(Math.abs(value - hierarchicalCE.gradient![i]!) <= 1e-9, `gradient ${i}: ${value}`);
    });
  });
}

test("the loss graph is the plain loss, for any range, weights and PTMs without a target", async () => {
  const ptms = 6;
  const tape = new Tape(new GraphBuilder("loss"), "float64");
  const phi = tape.parameter("phi", ["B", ptms]);
  const loss = lossGraph(tape, ptms, phi, lossInputs(tape, ptms));
  nameOutput(tape, loss, "loss", []);
  nameOutput(tape, tape.gradients(loss, [phi])[0]!, "gradient", ["B", ptms]);
  const session = await openExactly(tape.graph.finish());

  const task = fc.record({
    fitness: fc.array(fc.double({ min: -200, max: 200, noNaN: true }), { minLength: ptms, maxLength: ptms }),
    order: fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 2 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(task, { minLength: 1, maxLength: 3 }),
      fc.constantFrom(0, 0.5, 1),
      async (tasks, decay) => {
        const orders = tasks.map(({ order }) => Int32Array.from(order));
        const feeds = inFloat64(targetFeeds(orders, ptms, decay));
        const weights = feeds["weights"]!.values as Float64Array;
        tasks.forEach(({ order }, b) => weights.set(positionWeights(order.length, ptms, decay), b * ptms));
        const values = Float64Array.from(tasks.flatMap(({ fitness }) => fitness));
        const outputs = await session.run({ ...feeds, phi: { values, shape: [tasks.length, ptms] } });

        let expected = 0;
        tasks.forEach(({ fitness, order }, b) => {
          // The plain form ranks only what has a target.
          const ranked = order.map((ptm) => fitness[ptm]!);
          const weights = positionWeights(order.length, order.length, decay);
          const scale = weights.reduce((sum, weight) => sum + weight, 0) * tasks.length;
          const plain = plackettLuceLoss(
            ranked,
            ranked.map((_, r) => r),
            weights,
          );
          expected += plain.loss / scale;
          fitness.forEach((_, ptm) => {
            const place = order.indexOf(ptm);
            const slope = place < 0 ? 0 : plain.gradient[place]! / scale;
            const got = outputs["gradient"]!.values[b * ptms + ptm] as number;
            assert.ok(Math.abs(got - slope) < 1e-12, `gradient ${b}, ${ptm}: ${got}, plain ${slope}`);
          });
        });
        const got = outputs["loss"]!.values[0] as number;
        assert.ok(Math.abs(got - expected) <= 1e-12 * Math.max(1, expected), `${got}, plain ${expected}`);
      },
    ),
    { numRuns: 50 },
  );
});

test("adding a constant to every fitness changes no loss", () => {
  const weights = positionWeights(3, 3, 1);
  const { loss } = plackettLuceLoss([0.3, -1, 2], [2, 0, 1], weights);
  assert.ok(Math.abs(plackettLuceLoss([1000.3, 999, 1002], [2, 0, 1], weights).loss - loss) < 1e-12);
});

test("positionWeights falls from the head and leaves out what is no choice", () => {
  assert.deepEqual([...positionWeights(4, 6, 1)], [1, 1 / 2, 1 / 3, 0, 0, 0]);
  assert.deepEqual([...positionWeights(3, 3, 0)], [1, 1, 0]);
});

test("the loss says what does not fit", () => {
  assert.throws(() => plackettLuceLoss([1, 2], [0], [1, 0]), /must hold 2 values, got 1 and 2/);
  assert.throws(() => positionWeights(1, 5, 0), /needs at least two PTMs, got 1/);
  assert.throws(() => targetFeeds([Int32Array.of(3)], 5, 0), /needs at least two PTMs, got 1/);
});
