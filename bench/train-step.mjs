// Cost of one training step (forward, loss, backward, Adam; 16 tasks, 42 PTMs, 20 padded class rows) in this product, beside
// the same factored computation and the authors' loop in PyTorch: all in one run, in turns, medians of the processor's time
// on one thread. The losses of the first steps must agree, so that the three compute the same.
//
//   node train-step.mjs
//
// Needs a python3 that can import torch: Debian's python3-torch with libopenblas0-pthread. Without the latter PyTorch multiplies
// ten times slower, and the yardstick is worth nothing.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const dist = new URL("../dist/src/engine/", import.meta.url);
const { Session } = await import(new URL("runtime/session.js", dist));
const { targetFeeds, taskFeeds } = await import(new URL("training/batch.js", dist));
const { initialParameters } = await import(new URL("training/initial-parameters.js", dist));
const { parametersOf, stepGraph } = await import(new URL("training/step-graph.js", dist));
const { freshState, runStep } = await import(new URL("training/training-state.js", dist));
const { PARAMETER_NAMES, trainableShapes } = await import(new URL("training/trainable.js", dist));
const { drawWithout } = await import(new URL("training/draw-without.js", dist));
const { uniformStream } = await import(new URL("random.js", dist));

const [BATCH, PTMS, CLASSES, ENCODER_WIDTH] = [16, 42, 20, 192];
const ROUNDS = 5;
const RATES = { learningRate: 1e-3, weightDecay: 5e-5, maxGradientNorm: Infinity };
const EPSILON = 1e-5;
const LOSSES_COMPARED = 10;
const TOLERANCE = 1e-4; // of the loss after up to ten steps in float32, whose sums run in different orders

const results = [];
for (const width of [256, 1024]) results.push(await measure(width));
report();
const slow = results.filter(
  ({ factoredOverOurs, loopOverOurs }) => factoredOverOurs < 1 || loopOverOurs < 30,
);
if (slow.length > 0) {
  console.error(`slower than promised at d = ${slow.map(({ d }) => d).join(", ")}`);
  process.exitCode = 1;
}

async function measure(width) {
  const sizes = { ptms: PTMS, width, encoderWidth: ENCODER_WIDTH, widestFeatures: 128 };
  const widths = Array.from({ length: PTMS }, () => sizes.widestFeatures);
  const parameters = initialParameters(sizes, widths, 1);
  const batch = drawnBatch(sizes);
  const folder = mkdtempSync(join(tmpdir(), "orb-train-step-"));
  writeCase(folder, sizes, parameters, batch);
  const graph = { sizes, layerNormEpsilon: EPSILON, specific: false, dropout: false, frozenPtms: 0 };
  const session = await Session.open(stepGraph({ ...graph, trained: PARAMETER_NAMES }), {
    executionProviders: ["cpu"],
    onWarning: console.error,
  });
  const steps = width > 512 ? { own: 10, factored: 10, loop: 1 } : { own: 40, factored: 40, loop: 3 };
  const times = { ours: [], factored: [], loop: [] };
  let torch;
  for (let round = 0; round < ROUNDS; round++) {
    const own = await ownSteps(session, sizes, parameters, batch, steps.own);
    const theirs = torchSteps(folder, steps);
    torch = theirs.torch;
    requireEqualLosses(own.losses, theirs.factored.losses);
    requireEqualLosses(own.losses, theirs.loop.losses);
    times.ours.push(...own.seconds);
    times.factored.push(...theirs.factored.seconds);
    times.loop.push(...theirs.loop.seconds);
  }
  await session.release();
  rmSync(folder, { recursive: true });
  const milliseconds = Object.fromEntries(
    Object.entries(times).map(([name, seconds]) => [name, 1e3 * median(seconds)]),
  );
  const { ours, factored, loop } = milliseconds;
  console.log(
    `d ${width}: ms a step: ours ${ours.toPrecision(3)}, PyTorch ${torch} factored ${factored.toPrecision(3)} ` +
      `(${(factored / ours).toFixed(2)} x), authors' loop ${loop.toPrecision(4)} (${(loop / ours).toFixed(0)} x)`,
  );
  return { d: width, torch, milliseconds, factoredOverOurs: factored / ours, loopOverOurs: loop / ours };
}

/** Tasks of 5 to 20 classes, the first with all 20, and a random target order. */
function drawnBatch(sizes) {
  const random = uniformStream(2);
  const tasks = Array.from({ length: BATCH }, (_, b) => {
    const rows = b === 0 ? CLASSES : 5 + Math.floor(random() * (CLASSES - 4));
    const values = Float32Array.from({ length: rows * ENCODER_WIDTH }, () => 2 * random() - 1);
    return { taskToken: { rows, columns: ENCODER_WIDTH, values }, specific: [] };
  });
  const all = Array.from({ length: PTMS }, (_, m) => m);
  const orders = tasks.map(() => Int32Array.from(drawWithout(all, PTMS, random)));
  return { ...taskFeeds(tasks, sizes), ...targetFeeds(orders, PTMS, 0) };
}

async function ownSteps(session, sizes, parameters, batch, steps) {
  let state = freshState(sizes, parameters);
  const [losses, seconds] = [[], []];
  for (let i = 0; i <= steps; i++) {
    const begin = process.cpuUsage();
    const result = await runStep(session, sizes, state, PARAMETER_NAMES, batch, RATES);
    const { user, system } = process.cpuUsage(begin);
    seconds.push((user + system) / 1e6);
    losses.push(result.loss);
    state = result.state;
  }
  return { losses, seconds: seconds.slice(1) };
}

function writeCase(folder, sizes, parameters, batch) {
  const shapes = trainableShapes(sizes);
  const moved = parametersOf(false);
  const arrays = Object.fromEntries(moved.map((name) => [name, ["float32", shapes[name]]]));
  for (const name of moved) writeFileSync(join(folder, name), parameters[name]);
  for (const name of ["taskTokens", "classMask", "order"]) {
    const { values, shape } = batch[name];
    arrays[name] = [name === "order" ? "int32" : "float32", shape];
    writeFileSync(join(folder, name), values);
  }
  const { learningRate, weightDecay } = RATES;
  const about = { width: sizes.width, layerNormEpsilon: EPSILON, learningRate, weightDecay };
  writeFileSync(join(folder, "case.json"), JSON.stringify({ ...about, parameters: moved, arrays }));
}

function torchSteps(folder, { factored, loop }) {
  const script = fileURLToPath(new URL("train_step.py", import.meta.url));
  // Debian's own Python is the one that has Debian's python3-torch.
  for (const python of ["/usr/bin/python3", "python3"]) {
    try {
      execFileSync(python, ["-c", "import torch"], { stdio: "ignore" });
    } catch {
      continue;
    }
    return JSON.parse(execFileSync(python, [script, folder, String(factored), String(loop)]));
  }
  throw new Error("train-step: no python3 here can import torch, the yardstick (Debian: python3-torch)");
}

function requireEqualLosses(ours, theirs) {
  theirs.slice(0, LOSSES_COMPARED).forEach((loss, step) => {
    if (Math.abs(loss - ours[step]) <= TOLERANCE * loss) return;
    throw new Error(`train-step: after ${step} steps PyTorch's loss is ${loss}, ours ${ours[step]}`);
  });
}

function median(values) {
  return values.sort((a, b) => a - b)[values.length >> 1];
}

function report() {
  const folder = new URL("results/", import.meta.url);
  mkdirSync(folder, { recursive: true });
  const machine = `${cpus()[0].model}, ${cpus().length} processors, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
  const context = { machine, load: loadavg(), date: new Date().toISOString().slice(0, 10) };
  const sizes = { tasks: BATCH, ptms: PTMS, classes: CLASSES, encoderWidth: ENCODER_WIDTH };
  const path = new URL("train-step.json", folder);
  writeFileSync(
    path,
    `${JSON.stringify({ ...context, command: "node train-step.mjs", sizes, results }, null, 2)}\n`,
  );
}
