// Time and memory of every transferability metric on one synthetic (PTM, task) pair, beside what the arithmetic alone
// would cost at the speeds that this machine reaches in the same run.
//
//   node metrics.mjs                          N = 2000, D = 512, C = 100, S = 1000
//   node metrics.mjs --dimensions 2048
//
// Each metric runs in a process of its own (time and peak memory alone), then all run on one shared input in one
// process ("together": what a job pays). Times are processor seconds of the process, so a busy machine does not spoil
// them; the result is also written to results/.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const engine = new URL("../dist/src/engine/", import.meta.url);
const { METRICS } = await import(new URL("transferability/registry.js", engine));
const { multiplyTransposedLeft } = await import(new URL("runtime/mat-mul.js", engine));
const { uniformStream } = await import(new URL("random.js", engine));

const { values: options } = parseArgs({
  options: {
    samples: { type: "string", default: "2000" },
    dimensions: { type: "string", default: "512" },
    classes: { type: "string", default: "100" },
    sources: { type: "string", default: "1000" },
    child: { type: "string" }, // internal: names to run in this process
  },
});
const N = Number(options.samples);
const D = Number(options.dimensions);
const C = Number(options.classes);
const S = Number(options.sources);
/** Metrics that iterate or refit; each has its own limit and is left out of the sum. */
const APART = new Set(["LINEAR_PROBE", "N_LEEP", "PACTRAN_GAUSSIAN"]);

if (options.child === undefined) await report();
else await runHere(options.child.split(","));

/** Clouds around class centres, and probabilities that lean on the label. */
function makeInput() {
  const uniform = uniformStream(1);
  const centres = Float32Array.from({ length: C * D }, uniform);
  const features = new Float32Array(N * D);
  const sourceProbabilities = new Float32Array(N * S);
  for (let i = 0; i < N; i++) {
    for (let d = 0; d < D; d++) features[i * D + d] = centres[(i % C) * D + d] + 4 * uniform();
    let sum = 0;
    for (let s = 0; s < S; s++) {
      const mass = uniform() ** 4 + (s % C === i % C ? 1 : 0);
      sourceProbabilities[i * S + s] = mass;
      sum += mass;
    }
    for (let s = 0; s < S; s++) sourceProbabilities[i * S + s] /= sum;
  }
  return {
    features: { rows: N, columns: D, values: features },
    labels: Int32Array.from({ length: N }, (_, i) => i % C),
    classCount: C,
    sourceProbabilities: { rows: N, columns: S, values: sourceProbabilities },
  };
}

async function runHere(names) {
  const input = makeInput();
  const before = process.memoryUsage().rss;
  const seconds = await secondsOf(names, input);
  const peak = process.resourceUsage().maxRSS * 1024;
  // What the next pair costs: a job measures a zoo, and compiles and opens sessions for its first PTM alone.
  const next = names.length > 1 ? sumOf(await secondsOf(names, makeInput())) : undefined;
  process.stdout.write(JSON.stringify({ seconds, next, peak, inputs: before }));
}

async function secondsOf(names, input) {
  const seconds = {};
  for (const name of names) {
    const start = process.cpuUsage();
    await METRICS[name].metric(input);
    const { user, system } = process.cpuUsage(start);
    seconds[name] = (user + system) / 1e6;
  }
  return seconds;
}

function sumOf(seconds) {
  return Object.values(seconds).reduce((a, b) => a + b, 0);
}

function runInChild(names) {
  const script = fileURLToPath(import.meta.url);
  const shape = Object.entries({ samples: N, dimensions: D, classes: C, sources: S });
  const settings = shape.flatMap(([key, value]) => [`--${key}`, String(value)]);
  return JSON.parse(execFileSync(process.execPath, [script, ...settings, "--child", names.join(",")]));
}

/** Floating point operations of each metric: its matrix products, factorisations and solves, nothing else. */
function operations() {
  const m = Math.min(N, D);
  const n = N / C; // samples of a class
  const gram = 2 * N * D * m;
  const cholesky = m ** 3 / 3;
  const evidence = gram + (4 / 3) * m ** 3 + 4 * m * m * C;
  const discriminant = 2 * N * D * D + D ** 3 / 3 + 2 * D * D * C + 2 * N * D * C;
  const training = 0.8 * N;
  const small = Math.min(training, D);
  const fit = small ** 3 / 3 + 2 * small * small * C + 2 * (N - training) * D * C;
  return {
    LOG_ME: evidence,
    LOG_ME_MAXIMUM: evidence,
    H_SCORE: gram + cholesky + (D <= N ? 8 * N * D * C + 4 * D * D * C : 0),
    H_SCORE_SHRINKAGE: gram + cholesky + 2 * m * m * C,
    TRANS_RATE: gram + cholesky + C * (2 * n * D * Math.min(n, D) + Math.min(n, D) ** 3 / 3),
    TRANS_RATE_WEIGHTED: gram + cholesky + C * (2 * n * D * Math.min(n, D) + Math.min(n, D) ** 3 / 3),
    GBC_DIAGONAL: 5 * N * D + 4 * C * C * D,
    GBC_SPHERICAL: 5 * N * D + 4 * C * C * D,
    SFDA: 2 * discriminant,
    ETRAN_CLASSIFICATION: discriminant,
    ETRAN_ENERGY: 3 * N * D,
    LFC: gram + 2 * N * D,
    LINEAR_PROBE: 5 * (2 * training * D * small + 5 * fit),
  };
}

/** What this machine does right now on one core: float64 products, and reading memory. */
async function measureRates() {
  const features = { rows: 2000, columns: 512, values: new Float64Array(2000 * 512).fill(0.5) };
  await multiplyTransposedLeft(features, features);
  let product = Infinity;
  for (let i = 0; i < 5; i++) {
    const start = process.cpuUsage();
    await multiplyTransposedLeft(features, features);
    const { user, system } = process.cpuUsage(start);
    product = Math.min(product, (user + system) / 1e6);
  }
  const block = new Float64Array(16_000_000);
  const copy = new Float64Array(16_000_000);
  copy.set(block);
  const start = process.cpuUsage();
  copy.set(block);
  const { user, system } = process.cpuUsage(start);
  return {
    flopsPerSecond: (2 * 2000 * 512 * 512) / product,
    bytesPerSecond: (2 * block.byteLength * 1e6) / (user + system),
  };
}

async function report() {
  const names = Object.keys(METRICS);
  const counted = operations();
  // Children first: a process inherits its parent's peak memory, and measuring the rates needs a lot.
  const alone = new Map(names.map((name) => [name, runInChild([name])]));
  const together = runInChild(names.filter((name) => !APART.has(name)));
  const rates = await measureRates();
  const rows = names.map((name) => {
    const { seconds, peak, inputs } = alone.get(name);
    const bytes = N * D * 4 + (METRICS[name].needsProbabilities ? N * S * 4 : 0);
    const flops = counted[name];
    const floor =
      flops === undefined ? null : Math.max(flops / rates.flopsPerSecond, bytes / rates.bytesPerSecond);
    return { name, alone: seconds[name], peak, above: peak - inputs, bytes, flops: flops ?? null, floor };
  });
  const sum = sumOf(together.seconds);

  const pad = (text, width) => String(text).padStart(width);
  const milliseconds = (value) => (value === undefined || value === null ? "-" : (value * 1e3).toFixed(1));
  const megabytes = (value) => (value / 2 ** 20).toFixed(0);
  console.log(`N = ${N}, D = ${D}, C = ${C}, S = ${S}; one core:`);
  console.log(
    `float64 products ${(rates.flopsPerSecond / 1e9).toFixed(1)} GFLOP/s, copying ${(rates.bytesPerSecond / 1e9).toFixed(1)} GB/s\n`,
  );
  console.log(
    `${"metric".padEnd(22)}${pad("alone ms", 10)}${pad("together ms", 13)}${pad("floor ms", 10)}${pad("peak MiB", 10)}`,
  );
  for (const { name, alone, peak, floor } of rows) {
    console.log(
      name.padEnd(22) +
        pad(milliseconds(alone), 10) +
        pad(milliseconds(together.seconds[name]), 13) +
        pad(milliseconds(floor), 10) +
        pad(megabytes(peak), 10),
    );
  }
  console.log(
    `${"together, first pair".padEnd(22)}${pad("", 10)}${pad(milliseconds(sum), 13)}${pad("", 10)}${pad(megabytes(together.peak), 10)}`,
  );
  console.log(`${"together, next pair".padEnd(22)}${pad("", 10)}${pad(milliseconds(together.next), 13)}`);

  const results = new URL("results/", import.meta.url);
  mkdirSync(results, { recursive: true });
  const result = {
    command: `node metrics.mjs --samples ${N} --dimensions ${D} --classes ${C} --sources ${S}`,
    date: new Date().toISOString(),
    machine: {
      processor: cpus()[0].model,
      cores: cpus().length,
      memoryBytes: totalmem(),
      node: process.version,
    },
    rates,
    metrics: rows,
    together: {
      secondsByMetric: together.seconds,
      seconds: sum,
      secondsOfNextPair: together.next,
      peak: together.peak,
    },
  };
  writeFileSync(new URL(`metrics-${N}x${D}.json`, results), `${JSON.stringify(result, null, 2)}\n`);
}
