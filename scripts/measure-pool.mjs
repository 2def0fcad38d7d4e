// Makes zoo/pool/pool.npz, everything that `npm run train` learns from: what the general encoder says about every sample of
// the pools, what every PTM says about every class, and the transferability scores of all PTMs on training tasks drawn from
// the pools. No image can be recovered from it, so it may be carried where the images of a source may not.
//
//   npm run build && node scripts/measure-pool.mjs POOLS WORK TASKS
//
// POOLS is a folder with open.npz and measure.npz (arrays images, labels, sources, source_names); zoo/README.md says from
// which public repositories their images come. WORK keeps features and scores, so that a run that was broken off goes on
// where it stopped. TASKS is how many training tasks are scored, all PTMs on each: about half a second of one core a task.
// The same pools and networks give the same file. src/archives/training-pool.ts reads it and documents it.
import { appendFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

import { DEFAULT_ARCHIVE_LIMITS } from "../dist/src/archives/archive-limits.js";
import { readNpz } from "../dist/src/archives/npz.js";
import { matrix } from "../dist/src/engine/matrix.js";
import { Session } from "../dist/src/engine/runtime/session.js";
import { classCentres } from "../dist/src/engine/tokens/class-centres.js";
import { preprocess } from "../dist/src/engine/tokens/preprocess.js";
import { measureScaling } from "../dist/src/engine/training/feature-scaling.js";
import { indexPool } from "../dist/src/engine/training/sample-task.js";
import { pooledTask } from "../dist/src/engine/training/training-pool.js";
import { measure } from "../dist/src/engine/transferability/registry.js";
import { textArray, writeNpz } from "./npz-file.mjs";

const SEED = 1;
const BATCH = 64;
const METRICS = ["H_SCORE_SHRINKAGE", "LOG_ME", "K_NN"];
const INPUT = { layout: "NCHW", height: 32, width: 32, range: [0, 1], mean: 0, std: 1 };
const CODES = 255;

if (isMainThread) await main(...process.argv.slice(2));
else await scoreOnRequest(workerData);

async function main(pools, work, taskCount) {
  if (taskCount === undefined) throw new Error("usage: node scripts/measure-pool.mjs POOLS WORK TASKS");
  const zoo = fileURLToPath(new URL("../zoo", import.meta.url));
  const { ptms: networks } = JSON.parse(readFileSync(join(zoo, "ptms.json"), "utf8"));
  mkdirSync(join(work, "features"), { recursive: true });
  const pool = await readPools(pools);
  const features = new Map();
  for (const { id } of networks) {
    features.set(id, await featuresOf(id, zoo, work, pool));
    process.stderr.write(`\rfeatures of ${features.size} of ${networks.length} networks `);
  }
  const encoder = networks.find(({ role }) => role === "encoder");
  const ptms = networks.filter(({ role }) => role === "candidate");
  const scores = await scoresOf(
    ptms.map(({ id }) => features.get(id)),
    pool,
    Number(taskCount),
    join(work, "scores.f32"),
  );

  const classes = Math.max(...pool.labels) + 1;
  const { codes, low, step } = encoded(features.get(encoder.id));
  const ids = (list) => list.map(({ id }) => id);
  await writeNpz(join(zoo, "pool", "pool.npz"), [
    ["labels", "<i4", [pool.labels.length], pool.labels],
    ["sources", "<i4", [pool.sources.length], pool.sources],
    textArray("source_names", pool.sourceNames),
    textArray("encoder", [encoder.id, encoder.sha256]),
    ["encoder.codes", "|u1", [pool.labels.length, low.length], codes],
    ["encoder.low", "<f4", [low.length], low],
    ["encoder.step", "<f4", [step.length], step],
    textArray("ptms", ids(ptms)),
    textArray(
      "sha256",
      ptms.map(({ sha256 }) => sha256),
    ),
    ...ptms.flatMap(({ id }) => {
      const centres = classCentres(features.get(id), pool.labels, classes);
      const { mean, inverseDeviation } = measureScaling(features.get(id));
      return [
        [`${id}.centres`, "<f4", [centres.rows, centres.columns], centres.values],
        [`${id}.mean`, "<f8", [mean.length], mean],
        [`${id}.inverse_deviation`, "<f8", [mean.length], inverseDeviation],
      ];
    }),
    ["seed", "<i4", [1], Int32Array.of(SEED)],
    textArray("metrics", METRICS),
    ["scores", "<f4", [Number(taskCount), METRICS.length, ptms.length], scores],
  ]);
  process.stderr.write("\n");
}

/** Both pools as one, sources and classes numbered through. */
async function readPools(folder) {
  const parts = [];
  for (const name of ["open", "measure"]) {
    const arrays = await readNpz(join(folder, `${name}.npz`), DEFAULT_ARCHIVE_LIMITS);
    const array = (key) => arrays.get(key).values;
    parts.push({
      images: array("images"),
      labels: Array.from(array("labels"), (label) => `${name} ${String(Number(label)).padStart(6, "0")}`),
      sources: Array.from(array("sources"), (source) => `${name}/${array("source_names")[Number(source)]}`),
      order: [...new Set(array("sources"))]
        .sort((a, b) => (a < b ? -1 : 1))
        .map((source) => `${name}/${array("source_names")[Number(source)]}`),
    });
  }
  const sourceNames = parts.flatMap(({ order }) => order);
  const labels = parts.flatMap(({ labels: own }) => own);
  const classNames = parts.flatMap(({ labels: own }) => [...new Set(own)].sort());
  const numberOf = new Map(classNames.map((name, i) => [name, i]));
  return {
    images: Buffer.concat(parts.map(({ images }) => images)),
    labels: Int32Array.from(labels, (label) => numberOf.get(label)),
    sources: Int32Array.from(
      parts.flatMap(({ sources }) => sources),
      (source) => sourceNames.indexOf(source),
    ),
    sourceNames,
  };
}

/** Shape [n, D], run once and kept in shared memory for the scoring threads. */
async function featuresOf(id, zoo, work, { images, labels }) {
  const file = join(work, "features", `${id}.f32`);
  if (!existsSync(file)) {
    const options = { executionProviders: ["cpu"], onWarning: console.error };
    const session = await Session.open(readFileSync(join(zoo, "ptms", `${id}.onnx`)), options);
    const parts = [];
    for (let begin = 0; begin < labels.length; begin += BATCH) {
      const count = Math.min(BATCH, labels.length - begin);
      const pixels = images.subarray(begin * 3072, (begin + count) * 3072);
      const image = preprocess({ count, height: 32, width: 32, pixels }, INPUT);
      const { features } = await session.run({ image }, ["features"]);
      parts.push(Buffer.from(features.values.buffer, features.values.byteOffset, features.values.byteLength));
    }
    await session.release();
    writeFileSync(file, Buffer.concat(parts));
  }
  const bytes = readFileSync(file);
  const values = new Float32Array(new SharedArrayBuffer(bytes.length));
  values.set(new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4));
  return matrix(labels.length, values.length / labels.length, values);
}

/** Float32 [T, V, M]; tasks are scored by several threads and appended in their order. */
async function scoresOf(ptms, { labels, sources }, taskCount, file) {
  const stride = METRICS.length * ptms.length;
  const done = existsSync(file) ? Math.floor(statSync(file).size / (4 * stride)) : 0;
  const workers = Array.from(
    { length: Math.min(availableParallelism(), Math.max(0, taskCount - done)) },
    () => new Worker(new URL(import.meta.url), { workerData: { ptms, labels, sources } }),
  );
  let next = done;
  let written = done;
  const waiting = new Map();
  await Promise.all(
    workers.map(async (worker) => {
      while (next < taskCount) {
        const task = next++;
        const scores = await new Promise((resolve, reject) => {
          worker.once("message", resolve);
          worker.once("error", reject);
          worker.postMessage(task, []);
        });
        worker.removeAllListeners("error");
        waiting.set(task, scores);
        for (; waiting.has(written); written++) {
          appendFileSync(file, new Uint8Array(waiting.get(written).buffer));
          waiting.delete(written);
        }
        process.stderr.write(`\rscores of ${written} of ${taskCount} training tasks `);
      }
    }),
  );
  await Promise.all(workers.map((worker) => worker.terminate()));
  const bytes = readFileSync(file);
  return new Float32Array(bytes.buffer, bytes.byteOffset, taskCount * stride).slice();
}

async function scoreOnRequest({ ptms, labels, sources }) {
  const index = indexPool({ labels, sources });
  const answer = async (i) => {
    const task = pooledTask(index, SEED, i);
    const scores = new Float32Array(METRICS.length * ptms.length);
    for (const [m, features] of ptms.entries()) {
      const input = {
        features: rowsOf(features, task.samples),
        labels: task.labels,
        classCount: task.classCount,
      };
      for (const [v, metric] of METRICS.entries()) {
        // Where a metric is undefined for a PTM, the PTM stands last: nothing speaks for it.
        scores[v * ptms.length + m] = await measure(metric, input).catch(() => -Infinity);
      }
    }
    parentPort.postMessage(scores, []);
  };
  parentPort.on("message", (i) => void answer(i));
}

function rowsOf({ columns, values }, rows) {
  const chosen = new Float32Array(rows.length * columns);
  for (const [i, row] of rows.entries())
    chosen.set(values.subarray(row * columns, (row + 1) * columns), i * columns);
  return matrix(rows.length, columns, chosen);
}

/** Each column on a grid of 256 steps between its least and its largest value. */
function encoded({ columns, values }) {
  const low = new Float32Array(columns).fill(Infinity);
  const high = new Float32Array(columns).fill(-Infinity);
  for (const [i, value] of values.entries()) {
    low[i % columns] = Math.min(low[i % columns], value);
    high[i % columns] = Math.max(high[i % columns], value);
  }
  const step = low.map((value, column) => (high[column] - value) / CODES);
  const codes = Uint8Array.from(values, (value, i) => {
    const column = i % columns;
    return step[column] > 0 ? Math.min(CODES, Math.round((value - low[column]) / step[column])) : 0;
  });
  return { codes, low, step };
}
