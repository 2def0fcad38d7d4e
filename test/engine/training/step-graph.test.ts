import assert from "node:assert/strict";
import { test } from "node:test";

import { GraphBuilder } from "../../../src/engine/onnx/graph-builder.js";
import { Session, type NamedTensor } from "../../../src/engine/runtime/session.js";
import { adamScalars } from "../../../src/engine/training/adam.js";
import { nameOutput, Tape, type Precision } from "../../../src/engine/training/autodiff/tape.js";
import { targetFeeds, taskFeeds } from "../../../src/engine/training/batch.js";
import {
  batchFitnessGraph,
  lossOfBatch,
  parametersOf,
  stepGraph,
  type StepOptions,
} from "../../../src/engine/training/step-graph.js";
import {
  PARAMETER_NAMES,
  trainableShapes,
  type ParameterName,
} from "../../../src/engine/training/trainable.js";
import { openExactly, type ExactSession } from "../../support/exact-session.js";
import { GOLDEN_SPIDERS, readGoldenSpider } from "../../support/golden-spider.js";
import {
  goldenOrders,
  goldenSizes,
  goldenTasks,
  goldenTrainable,
  inFloat64,
  type GoldenTraining,
} from "../../support/golden-training.js";

const scalar = (value: number): NamedTensor => ({ values: Float64Array.of(value), shape: [] });

function optionsFor(golden: GoldenTraining, specific: boolean, precision: Precision): StepOptions {
  return {
    sizes: goldenSizes(golden),
    layerNormEpsilon: golden.config.layerNormEps,
    specific,
    precision,
    dropout: false,
    trained: PARAMETER_NAMES,
    frozenPtms: 0,
  };
}

async function openGradients(options: StepOptions): Promise<ExactSession> {
  const tape = new Tape(new GraphBuilder("gradients"), options.precision);
  const { loss, phi, trainedValues } = lossOfBatch(tape, options);
  nameOutput(tape, loss, "loss", []);
  nameOutput(tape, phi, "fitness", ["B", "list"]);
  const gradients = tape.gradients(loss, trainedValues);
  trainedValues.forEach(({ name, shape }, i) => nameOutput(tape, gradients[i]!, `gradient.${name}`, shape));
  const model = tape.graph.finish();
  if (options.precision === "float64") return openExactly(model);
  const session = await Session.open(model, { executionProviders: ["cpu"], onWarning: assert.fail });
  return { run: (inputs) => session.run(inputs, session.outputs) };
}

function weightFeeds(golden: GoldenTraining, specific: boolean): Record<string, NamedTensor> {
  const shapes = trainableShapes(goldenSizes(golden));
  const values = goldenTrainable(golden, (name) =>
    golden.weights[name]!.values.map((value) => Math.fround(value)),
  );
  return Object.fromEntries(
    parametersOf(specific).map((name) => [name, { values: values[name], shape: shapes[name] }]),
  );
}

function largestDifference(got: ArrayLike<number>, expected: ArrayLike<number>): number {
  assert.equal(got.length, expected.length);
  let largest = 0;
  for (let i = 0; i < got.length; i++) largest = Math.max(largest, Math.abs(got[i]! - expected[i]!));
  return largest;
}

function inFloat32(feeds: Record<string, NamedTensor>): Record<string, NamedTensor> {
  return Object.fromEntries(
    Object.entries(feeds).map(([name, { values, shape }]) => [
      name,
      { values: values instanceof Float64Array ? Float32Array.from(values) : values, shape },
    ]),
  );
}

for (const name of GOLDEN_SPIDERS) {
  const golden = readGoldenSpider(name) as GoldenTraining;
  const batchOf = (selected: readonly (readonly number[])[]): Record<string, NamedTensor> =>
    inFloat64({
      ...taskFeeds(goldenTasks(golden, selected), goldenSizes(golden)),
      ...targetFeeds(goldenOrders(golden), goldenSizes(golden).ptms, 0),
    });

  for (const run of golden.runs) {
    for (const precision of ["float64", "float32"] as const) {
      test(`fitness, loss and gradients are the authors': ${name}, ${run.k} PTMs run, ${precision}`, async () => {
        const specific = run.k > 0;
        const tolerance = precision === "float64" ? run.tolerance : run.toleranceFloat32;
        const session = await openGradients(optionsFor(golden, specific, precision));
        const feeds = { ...weightFeeds(golden, specific), ...batchOf(run.selected) };
        const outputs = await session.run(precision === "float64" ? feeds : inFloat32(feeds));
        const numbers = (output: string): ArrayLike<number> => outputs[output]!.values as Float64Array;

        const differences: Record<string, number> = {
          fitness: largestDifference(numbers("fitness"), run.outputs),
          loss: largestDifference(numbers("loss"), [run.loss]),
        };
        const expected = goldenTrainable(golden, (reference) => run.gradients[reference] ?? null);
        for (const parameter of parametersOf(specific)) {
          differences[parameter] = largestDifference(numbers(`gradient.${parameter}`), expected[parameter]);
        }
        for (const [what, difference] of Object.entries(differences)) {
          assert.ok(
            difference <= tolerance,
            `${what}: largest difference ${difference}, tolerance ${tolerance}`,
          );
        }
      });
    }
  }

  test(`ten Adam steps follow torch.optim.Adam: ${name}`, async () => {
    const { k, lr, losses, finalOutputs, tolerance } = golden.adamTrace;
    const { selected } = golden.runs.find((run) => run.k === k)!;
    const options = optionsFor(golden, true, "float64");
    const session = await openExactly(stepGraph(options));
    const shapes = trainableShapes(options.sizes);
    let state = weightFeeds(golden, true);
    for (const name of PARAMETER_NAMES) {
      const zeros = { values: new Float64Array(state[name]!.values.length), shape: shapes[name] };
      Object.assign(state, { [`${name}.first`]: zeros, [`${name}.second`]: zeros });
    }
    for (const [step, expected] of losses.entries()) {
      const { stepSize, epsilon, keep } = adamScalars(step + 1, lr, 0);
      const outputs = await session.run({
        ...state,
        ...batchOf(selected),
        stepSize: scalar(stepSize),
        epsilon: scalar(epsilon),
        keep: scalar(keep),
        maxNorm: scalar(Infinity),
      });
      const loss = outputs["loss"]!.values[0] as number;
      assert.ok(Math.abs(loss - expected) <= tolerance, `step ${step}: loss ${loss}, expected ${expected}`);
      state = Object.fromEntries(Object.keys(state).map((name) => [name, outputs[`${name}.next`]!]));
    }
    const fitnessSession = await openExactly(batchFitnessGraph(options));
    const tasks = inFloat64(taskFeeds(goldenTasks(golden, selected), options.sizes));
    const weights = Object.fromEntries(PARAMETER_NAMES.map((name: ParameterName) => [name, state[name]!]));
    const { fitness } = await fitnessSession.run({ ...weights, ...tasks });
    const difference = largestDifference(fitness!.values as Float64Array, finalOutputs);
    assert.ok(difference <= tolerance, `final fitness: largest difference ${difference}`);
  });
}
