// Ranking on a GPU beside the processor: the same zoo, tasks and scorer, interleaved, medians of wall time, for zoos of
// 10k, 100k and 1M PTMs. The processor's scorer is one thread. Says how far fitness differs and whether the best ten agree.
//
//   node gpu.mjs                        every GPU provider of this machine
//   node gpu.mjs --providers webgpu     one of them
//   node gpu.mjs --largest 100000       zoos up to this many PTMs
//   node gpu.mjs --values 1100000000    also 1M x 1024 (needs 10 GB of memory and 5 GB of disk)
//
// On software Vulkan (VK_DRIVER_FILES=.../lvp_icd.json) it shows that everything works; its speed then means nothing.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

const dist = new URL("../dist/", import.meta.url);
const { ZooScorer } = await import(new URL("src/engine/runtime/zoo-scorer.js", dist));
const { usableProviders } = await import(new URL("src/engine/runtime/usable-providers.js", dist));
const { writeZooFile } = await import(new URL("src/engine/runtime/write-zoo-file.js", dist));
const { RandomSpider } = await import(new URL("test/support/random-spider.js", dist));

const { values: options } = parseArgs({
  options: {
    providers: { type: "string", default: "cuda,webgpu" },
    largest: { type: "string", default: "1000000" },
    values: { type: "string", default: "300000000" },
    classes: { type: "string", default: "10,100" },
    rounds: { type: "string", default: "7" },
  },
});
const SIZES = [10_000, 100_000, 1_000_000].filter((size) => size <= Number(options.largest));
const WIDTHS = [256, 1024];
const CLASSES = options.classes.split(",").map(Number);
const TASKS = 16;
const K = 10;
const ROWS_AT_ONCE = 4096;

const providers = await present(options.providers.split(","));
if (providers.length === 0) {
  console.error("No GPU can be used here; docs/gpu.md says what each provider needs.");
  process.exit(1);
}
const results = [];
for (const width of WIDTHS) {
  for (const rows of SIZES) {
    if (rows * width <= Number(options.values)) await measureZoo(rows, width);
  }
}

async function present(asked) {
  const usable = [];
  for (const provider of asked) {
    try {
      await usableProviders([provider], () => undefined);
      usable.push(provider);
    } catch (error) {
      console.error(error.message);
    }
  }
  return usable;
}

async function measureZoo(rows, width) {
  const random = new RandomSpider(1);
  const spider = random.parameters(width, width);
  const header = { spider: "0".repeat(64), storage: "float32", rows, width };
  const folder = mkdtempSync(join(tmpdir(), "orb-bench-"));
  try {
    const path = join(folder, "zoo");
    await writeZoo(path, spider, header, random);
    const scorers = {};
    const openSeconds = {};
    for (const provider of ["cpu", ...providers]) {
      const begin = performance.now();
      const executionProviders = [provider];
      scorers[provider] = await ZooScorer.openFile({
        spider,
        path,
        header,
        executionProviders,
        onWarning: console.error,
      });
      openSeconds[provider] = (performance.now() - begin) / 1000;
    }
    for (const classes of CLASSES) {
      results.push({
        rows,
        width,
        classes,
        openSeconds,
        ...(await measureTasks(scorers, random, width, classes)),
      });
      console.log(JSON.stringify(results.at(-1)));
      report(); // a long run that is stopped leaves what it has
    }
    for (const scorer of Object.values(scorers)) await scorer.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function measureTasks(scorers, random, width, classes) {
  const tasks = Array.from({ length: TASKS }, () => random.matrix(classes, width));
  const one = [{ taskToken: tasks[0], k: K }];
  // What was ranked before is remembered, so every round asks about tasks that nobody has asked for.
  let turn = 0;
  const fresh = (count) =>
    tasks.slice(0, count).map((task) => {
      const values = new Float32Array(task.values);
      values[turn % values.length] += ++turn;
      return { taskToken: { ...task, values }, k: K };
    });
  const times = {};
  const agreement = {};
  const expected = await scorers.cpu.score(tasks[0]);
  const expectedBest = (await scorers.cpu.bestMany(one))[0].positions.join();
  for (const [provider, scorer] of Object.entries(scorers)) {
    times[provider] = { one: [], many: [] };
    if (provider === "cpu") continue;
    const error = relativeError(await scorer.score(tasks[0]), expected);
    const sameTop = (await scorer.bestMany(one))[0].positions.join() === expectedBest;
    agreement[provider] = { relativeError: error, sameTop };
  }
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const [provider, scorer] of Object.entries(scorers)) {
      times[provider].one.push(await seconds(() => scorer.bestMany(fresh(1))));
      if (round % 3 === 0)
        times[provider].many.push((await seconds(() => scorer.bestMany(fresh(TASKS)))) / TASKS);
    }
  }
  const milliseconds = {};
  const timesFaster = {};
  for (const [provider, { one: alone, many: together }] of Object.entries(times)) {
    milliseconds[provider] = { one: 1000 * median(alone), [`ofBatch${TASKS}`]: 1000 * median(together) };
    if (provider === "cpu") continue;
    timesFaster[provider] = Object.fromEntries(
      Object.entries(milliseconds[provider]).map(([what, time]) => [what, milliseconds.cpu[what] / time]),
    );
  }
  return { milliseconds, timesFaster, agreement };
}

/** Tokens of which no two give the same fitness, from a few random ones. */
async function writeZoo(path, spider, header, random) {
  const { rows, width } = header;
  const some = random.values(ROWS_AT_ONCE * width);
  const ids = new Uint8Array(16 * rows);
  const view = new DataView(ids.buffer);
  for (let m = 0; m < rows; m++) view.setUint32(16 * m, m);
  const fetch = async (positions) => {
    const tokens = new Float32Array(positions.length * width);
    positions.forEach((m, i) => {
      const first = (m % ROWS_AT_ONCE) * width;
      const factor = 1 + Math.floor(m / ROWS_AT_ONCE) / 1000;
      for (let j = 0; j < width; j++) tokens[i * width + j] = factor * some[first + j];
    });
    return tokens;
  };
  await writeZooFile(path, spider, { header, ids, digests: new Uint8Array(32 * rows), fetch });
}

async function seconds(run) {
  const begin = performance.now();
  await run();
  return (performance.now() - begin) / 1000;
}

function median(values) {
  return values.sort((a, b) => a - b)[values.length >> 1];
}

function relativeError(got, expected) {
  let [error, largest] = [0, 0];
  for (let m = 0; m < expected.length; m++) {
    error = Math.max(error, Math.abs(got[m] - expected[m]));
    largest = Math.max(largest, Math.abs(expected[m]));
  }
  return error / largest;
}

/** What NVIDIA's driver says of itself; the binding of ONNX Runtime names no device. */
function gpus() {
  try {
    const argv = ["--query-gpu=name,driver_version,memory.total", "--format=csv,noheader"];
    return execFileSync("nvidia-smi", argv, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return "no NVIDIA driver: if this is software Vulkan, the times mean nothing";
  }
}

function report() {
  const folder = new URL("results/", import.meta.url);
  mkdirSync(folder, { recursive: true });
  const context = {
    machine: `${cpus()[0].model}, ${cpus().length} processors, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`,
    gpus: gpus(),
    vulkanDriver: process.env.VK_DRIVER_FILES ?? process.env.VK_ICD_FILENAMES ?? "whatever the loader finds",
    load: loadavg(),
    date: new Date().toISOString().slice(0, 10),
    command: ["node", "gpu.mjs", ...process.argv.slice(2)].join(" "),
  };
  writeFileSync(new URL("gpu.json", folder), `${JSON.stringify({ ...context, results }, null, 2)}\n`);
}
